using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Link;

/// <summary>Keeps an observation within the size of a message, whatever the agent's result is. Pure.</summary>
internal static class ObservationBound
{
    private const string TooLarge =
        "The attempt is over, and what it left as its result is too large to be told to the operator: see the log.";
    private const int LongestID = 64;

    /// <summary>
    /// Returns the observation. If it would be larger than a part of a snapshot, its result, hooks and message are left out, so that the
    /// end itself always arrives.
    /// </summary>
    public static AttemptObservation Apply(AttemptObservation observation) =>
        Fits(observation)
            ? observation
            : observation with
            {
                Hooks = null,
                End = observation.End is not { } end
                    ? null
                    : new AttemptEnd
                    {
                        Reason = end.Reason,
                        Message = TooLarge,
                        EndedAgoMs = end.EndedAgoMs,
                        ExitCode = end.ExitCode,
                        Usage = end.Usage,
                        SessionID = end.SessionID is { Length: <= LongestID } id ? id : null,
                        SessionGone = end.SessionGone,
                        SessionBytes = end.SessionBytes,
                    },
            };

    private static bool Fits(AttemptObservation observation) => NodeLinkChannel.SizeOf(observation) <= MessageParts.MaxBytes;
}
