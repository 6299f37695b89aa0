using Stromboli.Crds.Nodes;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>Reads what a node is and can do.</summary>
internal sealed class NodeFactsReader(
    IPodman podman,
    NodeFactsOptions options,
    CliVersionReader cli,
    StorageProbe storage,
    DiskPressure disk,
    EngineTrial? trial = null
)
{
    /// <summary>
    /// Reads the facts. If the engine cannot be used, <see cref="NodeFacts.Problem"/> says why; only cancellation throws.
    /// </summary>
    public async Task<NodeFacts> ReadAsync(CancellationToken cancellationToken)
    {
        var version = options.ClaudeDirectory is null
            ? null
            : await cli.ReadAsync(Path.Combine(options.ClaudeDirectory, "claude"), cancellationToken);
        try
        {
            var info = await podman.System.InfoAtOnceAsync(cancellationToken);
            var facts = NodeFactsRules.Facts(info, options, version);
            // This comes after the engine's answer, when one of its processes exists to test with.
            var measures = await storage.CanMeasureAsync(cancellationToken);
            return facts with
            {
                EnforcedLimits = measures ? [.. facts.EnforcedLimits, NodeLimits.StorageLimit] : facts.EnforcedLimits,
                DiskPressure = disk.Sentence,
                Problem =
                    facts.Problem
                    ?? await PodmanPeer.ProblemAsync(options.PodmanSocket, cancellationToken)
                    ?? (trial is null ? null : await trial.ProblemAsync(facts.PodmanVersion, facts.EnforcedLimits, cancellationToken)),
            };
        }
        catch (PodmanException e)
        {
            return NodeFactsRules.Unreachable(options, version, e);
        }
    }
}
