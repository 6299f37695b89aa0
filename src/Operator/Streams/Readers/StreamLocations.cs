using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Streams.Answers;

namespace Stromboli.Operator.Streams.Readers;

/// <summary>Decides where a run or session keeps what is read; pure.</summary>
internal static class StreamLocations
{
    /// <summary>The location of a run.</summary>
    /// <param name="run">The run; null if there is none.</param>
    /// <param name="key">Its name.</param>
    /// <param name="attempt">The number of the attempt; null for the last one.</param>
    /// <param name="waits">Whether the reader waits for an attempt that has not begun.</param>
    /// <returns>The location; null if the reader must wait.</returns>
    /// <exception cref="StatusException">There is no such run or attempt, or the attempt has not begun and the reader does not wait.</exception>
    public static StreamLocation? Of(AgentRun? run, NamespacedName key, int? attempt, bool waits)
    {
        if (run is null)
        {
            throw NotFound("agentruns", key);
        }

        var last = run.LastAttempt();
        var wanted = attempt is null ? last : run.Status?.Attempts?.FirstOrDefault(a => a.Attempt == attempt);
        if (wanted is { Node: { } node, Attempt: { } number })
        {
            return new StreamLocation(node, run.UID(), number);
        }

        if (attempt is not null && attempt <= (last?.Attempt ?? 0))
        {
            throw StatusException.NotFound(Text($"Attempt {attempt} of the run \"{key.Name}\" is not on record."));
        }

        if (run.IsFinished())
        {
            throw StatusException.NotFound(
                attempt is null
                    ? Text($"The run \"{key.Name}\" ended before an attempt began, so there is nothing to read.")
                    : Text($"The run \"{key.Name}\" ended without an attempt {attempt}.")
            );
        }

        return waits
            ? null
            : throw StatusException.Unavailable(
                attempt is null
                    ? Text($"The run \"{key.Name}\" has no node yet.")
                    : Text($"Attempt {attempt} of the run \"{key.Name}\" has not begun yet.")
            );
    }

    /// <summary>The location of a session.</summary>
    /// <exception cref="StatusException">There is no such session, or it has no node yet.</exception>
    public static StreamLocation Of(AgentSession? session, NamespacedName key) =>
        session switch
        {
            { Metadata.Uid: { } uid, Status.NodeName: { } node } => new StreamLocation(node, uid, 0),
            null => throw NotFound("agentsessions", key),
            _ => throw StatusException.Unavailable(
                Text($"The session \"{key.Name}\" has no node yet, because none of its runs has begun.")
            ),
        };

    private static StatusException NotFound(string resource, NamespacedName key) =>
        StatusException.NotFound($"{resource}.stromboli.dev \"{key.Name}\" not found");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
