using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Reconciles an AgentNode when it, its bridge or its runs change: sends the desired images, makes a deleted AgentNode of a connected
/// bridge again, and writes the status.
/// </summary>
internal sealed class NodeController : IDisposable
{
    private readonly Informer<AgentNode> _informer;
    private readonly NodeRegistry _registry;
    private readonly IAgentNodeCreator _creator;
    private readonly INodeImages _images;
    private readonly NodeStatusWriter _writer;
    private readonly Controller _controller;

    public NodeController(
        Informer<AgentNode> informer,
        NodeRegistry registry,
        IAgentNodeCreator creator,
        INodeImages images,
        INodeAllocations allocations,
        NodeStatusWriter writer,
        TimeProvider clock,
        ILogger<Controller> logger
    )
    {
        _informer = informer;
        _registry = registry;
        _creator = creator;
        _images = images;
        _writer = writer;
        _controller = Controller.For(informer).Build(new ControllerOptions { Name = "nodes", Workers = 2 }, ReconcileAsync, clock, logger);
        registry.Changed += Look;
        registry.Reported += Look;
        allocations.OnChange(Look);
    }

    /// <summary>Works until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _controller.RunAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _registry.Changed -= Look;
        _registry.Reported -= Look;
        _controller.Dispose();
    }

    private void Look(string node) => _controller.Enqueue(NamespacedName.Cluster(node));

    private async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (_informer.Store.Get(key) is not { } node || _registry.Find(key.Name) is not { } view)
        {
            _writer.Forget(key.Name);
            // A connected bridge is a node even if its AgentNode was deleted. Without this, the node would be missing until the bridge
            // connects again.
            if (_informer.Store.Get(key) is null && _registry.Report(key.Name).ConnectedSince is not null)
            {
                await _creator.EnsureAsync(key.Name, cancellationToken);
            }

            return ReconcileResult.Done;
        }

        _images.SendImages(key.Name, PrePullRules.Desired(node));
        return await _writer.WriteAsync(node, view, cancellationToken);
    }
}
