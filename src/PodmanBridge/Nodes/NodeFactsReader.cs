using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Podman;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>Reads what a node is and can do.</summary>
internal sealed class NodeFactsReader(IPodman podman, NodeFactsOptions options, CliVersionReader cli)
{
    /// <summary>The facts now. What keeps the engine from being used stands in <see cref="NodeFacts.Problem"/>; only cancellation throws.</summary>
    public async Task<NodeFacts> ReadAsync(CancellationToken cancellation)
    {
        var version = options.ClaudeDirectory is null ? null : await cli.ReadAsync(Path.Combine(options.ClaudeDirectory, "claude"), cancellation);
        try
        {
            var info = await podman.System.InfoAsync(cancellation);
            var facts = NodeFactsRules.Facts(info, options, version);
            return facts with { Problem = facts.Problem ?? await PodmanPeer.ProblemAsync(options.PodmanSocket, cancellation) };
        }
        catch (PodmanException e)
        {
            return NodeFactsRules.Unreachable(options, version, e.PodmanMessage);
        }
    }
}
