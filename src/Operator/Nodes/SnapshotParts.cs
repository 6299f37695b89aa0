using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>Cuts a snapshot into messages within the protocol's bound; pure.</summary>
internal static class SnapshotParts
{
    /// <summary>Small enough that a ping's answer never waits long behind a part.</summary>
    public const int MaxBytes = NodeLinkProtocol.MaxMessageBytes / 4;

    /// <summary>The parts, at least one; only the last is complete. An attempt that is larger than a part gets one of its own.</summary>
    public static IEnumerable<DesiredSnapshot> Of(IReadOnlyList<DesiredAttempt> attempts, long epoch, Func<DesiredAttempt, int> sizeOf)
    {
        List<DesiredAttempt> part = [];
        var bytes = 0;
        foreach (var attempt in attempts)
        {
            var size = sizeOf(attempt);
            if (part.Count > 0 && bytes + size > MaxBytes)
            {
                yield return new DesiredSnapshot { Epoch = epoch, Attempts = part, Complete = false };
                part = [];
                bytes = 0;
            }

            part.Add(attempt);
            bytes += size + 1;
        }

        yield return new DesiredSnapshot { Epoch = epoch, Attempts = part, Complete = true };
    }
}
