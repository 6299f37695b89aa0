using Stromboli.Kubernetes;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Election;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Stores;
using Stromboli.Telemetry.Logs;

namespace Stromboli.Operator.Runs;

/// <summary>Reconciles a run when it, its session, its node, a report of its node, or its placement changes.</summary>
internal sealed class RunController : IDisposable
{
    private readonly RunStore _runs;
    private readonly RunSignals _signals;
    private readonly INodeRegistry _nodes;
    private readonly ILeadership _leadership;
    private readonly Controller _controller;

    public RunController(
        RunStore runs,
        RunReconciler reconciler,
        RunRemoval removal,
        RunSignals signals,
        INodeRegistry nodes,
        ILeadership leadership,
        RunOptions options,
        TimeProvider clock,
        ILogger<Controller> logger
    )
    {
        _runs = runs;
        _signals = signals;
        _nodes = nodes;
        _leadership = leadership;
        // Subscribed before the controller's own handler, so that a deleted run leaves its node before anything else happens.
        runs.Informer.OnChange(change =>
        {
            if (change.Type == ChangeType.Deleted)
            {
                removal.Deleted(change.Object);
            }
        });
        _controller = Controller
            .For(runs.Informer, runs.IsNews)
            .Build(
                new ControllerOptions
                {
                    Name = "runs",
                    Workers = options.Workers,
                    MaxBackoff = options.MaxBackoff,
                    ScopeOf = key => runs.Get(key) is { } run ? new RunScope(run.UID()) : null,
                },
                reconciler.ReconcileAsync,
                clock,
                logger
            );
        signals.Woken += _controller.Enqueue;
        nodes.Changed += NodeChanged;
    }

    /// <summary>Works until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Before the nodes are known, every run would be told that there is no node.
            await _leadership.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        await _controller.RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _nodes.Changed -= NodeChanged;
        _controller.Dispose();
    }

    private void NodeChanged(string node)
    {
        foreach (var run in _runs.LiveOnNode(node))
        {
            _controller.Enqueue(NamespacedName.Of(run));
        }

        _signals.FreeRoom();
    }
}
