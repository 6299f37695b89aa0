using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Hub;

/// <summary>Checks messages of bridges; pure.</summary>
internal static class HelloRules
{
    /// <summary>Returns why the Hello is refused; null if it is accepted.</summary>
    /// <param name="hello">The Hello.</param>
    /// <param name="node">The node that the link was authorized for.</param>
    /// <param name="installation">The UID of this installation. The epochs of another installation mean nothing here.</param>
    /// <param name="epoch">The epoch of this operator.</param>
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
            return new(RefusalReason.Forbidden, $"The link is authorized for node {node}, but Hello names another node.");
        }

        if (hello.Installation == installation && hello.SeenEpoch > epoch)
        {
            return new(RefusalReason.StaleEpoch, $"The bridge has seen epoch {hello.SeenEpoch}, but this operator has epoch {epoch}.");
        }

        return null;
    }

    /// <summary>Whether an observation has all its fields, within bounds.</summary>
    public static bool IsSound(AttemptObservation? observation) =>
        observation is { UID.Length: > 0 and <= 64, Attempt: > 0 }
        && Enum.IsDefined(observation.Stage)
        && observation.Stage == AttemptStage.Ended == observation.End is not null;
}
