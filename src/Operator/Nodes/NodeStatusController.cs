using System.Collections.Concurrent;
using System.Text.Json;
using Stromboli.Crds;
using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Writes AgentNode status: only when it would differ, and for one node at most once in ten seconds. An idle node costs no write.
/// </summary>
internal sealed class NodeStatusController : IDisposable
{
    /// <summary>The least time between two writes for one node.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>How long a link may be away before the status says so: a bridge that only dials again is no news.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<NamespacedName, long> _written = new();
    private readonly KubeClient _client;
    private readonly IAgentNodeCreator _creator;
    private readonly Informer<AgentNode> _informer;
    private readonly NodeRegistry _registry;
    private readonly Func<string, NodeAllocation> _taken;
    private readonly Action<string, IReadOnlyList<string>> _wantImages;
    private readonly EventRecorder _events;
    private readonly HubMetrics _metrics;
    private readonly TimeProvider _clock;
    private readonly Controller _controller;

    /// <param name="client">Writes.</param>
    /// <param name="creator">Makes the AgentNode of a connected node anew when it was deleted.</param>
    /// <param name="informer">The AgentNodes.</param>
    /// <param name="registry">What is known of the nodes.</param>
    /// <param name="taken">What runs have taken of a node.</param>
    /// <param name="wantImages">Tells a node the images that are wanted on it; called again and again with the same.</param>
    /// <param name="events">For what an admin should know.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="logger">The log.</param>
    public NodeStatusController(
        KubeClient client,
        IAgentNodeCreator creator,
        Informer<AgentNode> informer,
        NodeRegistry registry,
        Func<string, NodeAllocation> taken,
        Action<string, IReadOnlyList<string>> wantImages,
        EventRecorder events,
        HubMetrics metrics,
        TimeProvider clock,
        ILogger<Controller> logger
    )
    {
        _client = client;
        _creator = creator;
        _informer = informer;
        _registry = registry;
        _taken = taken;
        _wantImages = wantImages;
        _events = events;
        _metrics = metrics;
        _clock = clock;
        _controller = Controller.For(informer).Build(new ControllerOptions { Name = "nodes", Workers = 2 }, ReconcileAsync, clock, logger);
        registry.Changed += Look;
        registry.Told += Look;
    }

    /// <summary>Works until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _controller.RunAsync(cancellationToken);

    /// <summary>Looks at this node soon.</summary>
    public void Look(string node) => _controller.Enqueue(NamespacedName.Cluster(node));

    /// <inheritdoc/>
    public void Dispose()
    {
        _registry.Changed -= Look;
        _registry.Told -= Look;
        _controller.Dispose();
    }

    private static bool Same(AgentNodeStatus? a, AgentNodeStatus b) => a is not null && Json(a).AsSpan().SequenceEqual(Json(b));

    private static byte[] Json(AgentNodeStatus status) => JsonSerializer.SerializeToUtf8Bytes(status, CrdsJson.Default.AgentNodeStatus);

    private async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (_informer.Store.Get(key) is not { } node || _registry.Find(key.Name) is not { } view)
        {
            _written.TryRemove(key, out _);
            // Deleted under a bridge that is connected: it is a node all the same, and would otherwise be none until it dials again.
            if (_informer.Store.Get(key) is null && _registry.Report(key.Name).ConnectedSince is not null)
            {
                await _creator.EnsureAsync(key.Name, cancellationToken);
            }

            return ReconcileResult.Done;
        }

        _wantImages(key.Name, PrePullRules.Wanted(node));
        // Before anything is compared: each change of a run on the node leads here.
        if (_written.TryGetValue(key, out var last) && Interval - _clock.GetElapsedTime(last) is var wait && wait > TimeSpan.Zero)
        {
            return ReconcileResult.After(wait);
        }

        var report = _registry.Report(key.Name);
        // Also for a node that has just been made: its bridge is about to dial, and a first status before that would hold the second back
        // for the whole interval.
        if (!view.Connected && !report.Lost && report.DownFor < Settle)
        {
            return ReconcileResult.After(Settle - report.DownFor);
        }

        var next = AgentNodeStatusRules.Next(node, view, report, _taken(key.Name), _clock);
        if (Same(node.Status, next))
        {
            return ReconcileResult.Done;
        }

        _informer.Store.Observe(
            await _client.ReplaceStatusAsync(AgentNodeResource.Type, node with { Status = next }, cancellationToken: cancellationToken)
        );
        _written[key] = _clock.GetTimestamp();
        _metrics.StatusWritten();
        Announce(node, next);
        return ReconcileResult.Done;
    }

    private void Announce(AgentNode node, AgentNodeStatus next)
    {
        if (
            Conditions.Find(next.Conditions, NodeConditions.Ready) is { Reason: AgentNodeStatusRules.Lost } lost
            && Conditions.Find(node.Status?.Conditions, NodeConditions.Ready)?.Reason != AgentNodeStatusRules.Lost
        )
        {
            _events.Record(node, EventType.Warning, "NodeLost", "EndLease", lost.Message);
        }
    }
}
