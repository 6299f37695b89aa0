using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>Whether a Hello opens a link; pure.</summary>
internal static class HelloRules
{
    /// <summary>Why the Hello is refused; null when it is not.</summary>
    /// <param name="hello">The Hello.</param>
    /// <param name="node">The node that the link was authorised for.</param>
    /// <param name="installation">Ours; epochs of another one say nothing.</param>
    /// <param name="epoch">Ours.</param>
    public static LinkRefusal? Check(Hello hello, string node, string installation, long epoch)
    {
        if (hello.Schema is < NodeLinkProtocol.OldestSchema or > NodeLinkProtocol.Schema)
        {
            return new(
                RefusalReason.SchemaMismatch,
                $"The bridge speaks schema {hello.Schema}, the operator schemas {NodeLinkProtocol.OldestSchema} to {NodeLinkProtocol.Schema}; update the older one."
            );
        }

        if (hello.Node != node)
        {
            return new(RefusalReason.Forbidden, $"The link was authorised for the node {node}, not for the one that Hello names.");
        }

        if (hello.Installation == installation && hello.SeenEpoch > epoch)
        {
            return new(RefusalReason.StaleEpoch, $"The bridge has seen epoch {hello.SeenEpoch}, this operator has {epoch}.");
        }

        return null;
    }

    /// <summary>Whether an observation holds what it must.</summary>
    public static bool IsSound(AttemptObservation? observation) =>
        observation is { UID.Length: > 0 and <= 64, Attempt: > 0 }
        && Enum.IsDefined(observation.Stage)
        && observation.Stage == AttemptStage.Ended == observation.End is not null;
}
