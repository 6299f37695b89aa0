using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Hub;

/// <summary>Splits a snapshot into messages within the size limit of the protocol; pure.</summary>
internal static class SnapshotParts
{
    /// <summary>
    /// Returns at least one part. Only the last part is complete. An attempt that is larger than a part gets a part of its own.
    /// </summary>
    /// <param name="attempts">All attempts that are desired on the node.</param>
    /// <param name="sessions">The UIDs of all sessions on the node.</param>
    /// <param name="epoch">The leader's epoch.</param>
    /// <param name="schema">The schema that the bridge speaks.</param>
    /// <param name="sizeOf">The bytes of an attempt within a message.</param>
    public static IEnumerable<DesiredSnapshot> Of(
        IReadOnlyList<DesiredAttempt> attempts,
        IReadOnlyList<string> sessions,
        long epoch,
        int schema,
        Func<DesiredAttempt, int> sizeOf
    )
    {
        // A bridge of schema 1 reads only the sessions of the last part and removes all others. For it, the sessions are one item.
        var items = attempts
            .Select(attempt => new Item(attempt, [], sizeOf(attempt)))
            .Concat(
                schema == 1
                    ? [new Item(null, sessions, sessions.Sum(SizeOf))]
                    : sessions.Select(session => new Item(null, [session], SizeOf(session)))
            );
        foreach (var (part, last) in MessageParts.Of(items, item => item.Bytes))
        {
            yield return new DesiredSnapshot
            {
                Epoch = epoch,
                Attempts = [.. part.Select(item => item.Attempt).OfType<DesiredAttempt>()],
                Sessions = [.. part.SelectMany(item => item.Sessions)],
                Complete = last,
            };
        }
    }

    private static int SizeOf(string session) => session.Length + 3;

    private readonly record struct Item(DesiredAttempt? Attempt, IReadOnlyList<string> Sessions, int Bytes);
}
