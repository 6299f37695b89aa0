using System.Collections.Concurrent;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>When the nodes of live attempts count as lost.</summary>
internal sealed class NodeLosses(INodeRegistry nodes, RunOptions options, TimeProvider clock)
{
    // Since when the AgentNode of a live attempt is missing, by node.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _missing = new();

    /// <summary>When the node of the run's live attempt counts as lost; null if there is no live attempt.</summary>
    public DateTimeOffset? LostAt(AgentRun run)
    {
        if (run.LiveAttempt()?.Node is not { } node)
        {
            return null;
        }

        if (nodes.Find(node) is { } view)
        {
            _missing.TryRemove(node, out _);
            return view.LostAt;
        }

        return _missing.GetOrAdd(node, _ => clock.GetUtcNow()) + options.NodeLostAfter;
    }
}
