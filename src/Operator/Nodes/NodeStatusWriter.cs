using System.Collections.Concurrent;
using Stromboli.Crds;
using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Nodes;

/// <summary>Writes the status of AgentNodes: only a status that differs, and at most one write per node in ten seconds.</summary>
internal sealed class NodeStatusWriter(
    KubeClient client,
    Informer<AgentNode> informer,
    NodeRegistry registry,
    INodeAllocations allocations,
    NodeEvents events,
    HubMetrics metrics,
    TimeProvider clock
)
{
    /// <summary>The least time between two writes for one node.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>How long a link may be down before the status shows it. A bridge that connects again at once causes no write.</summary>
    public static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, long> _written = new();

    /// <summary>Writes the status of the node, now or when its interval is over.</summary>
    public async Task<ReconcileResult> WriteAsync(AgentNode node, NodeView view, CancellationToken cancellationToken)
    {
        // Checked before any status is built, because each change of a run on the node leads here.
        if (_written.TryGetValue(view.Name, out var last) && Interval - clock.GetElapsedTime(last) is var wait && wait > TimeSpan.Zero)
        {
            return ReconcileResult.After(wait);
        }

        var report = registry.Report(view.Name);
        // This also delays the first status of a new AgentNode. Its bridge connects in a moment, and after an earlier write the status
        // of the connected node would have to wait for the whole interval.
        if (!view.Connected && !report.Lost && report.DownFor < Settle)
        {
            return ReconcileResult.After(Settle - report.DownFor);
        }

        var next = AgentNodeStatusRules.Next(node, view, report, allocations.OnNode(view.Name), clock);
        if (StatusComparison.IsSame(node.Status, next, CrdsJson.Default.AgentNodeStatus))
        {
            return ReconcileResult.Done;
        }

        informer.Store.Observe(
            await client.ReplaceStatusAsync(AgentNodeResource.Type, node with { Status = next }, cancellationToken: cancellationToken)
        );
        _written[view.Name] = clock.GetTimestamp();
        metrics.StatusWritten();
        events.StatusWritten(node, next);
        return ReconcileResult.Done;
    }

    /// <summary>Forgets a node that is gone.</summary>
    public void Forget(string node) => _written.TryRemove(node, out _);
}
