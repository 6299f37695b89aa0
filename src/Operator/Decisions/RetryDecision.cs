using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Decisions;

/// <summary>
/// Decides whether and when another attempt follows a failed one; pure. A restarted operator decides the same from the record.
/// </summary>
internal static class RetryDecision
{
    /// <summary>The longest delay, unless the first delay is longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Whether another attempt follows one that ended for this reason. The counts of the run do not include that attempt.
    /// </summary>
    public static bool Follows(AgentRun run, RunReason reason, RunOptions options) =>
        !run.IsCancelled() && options.RetryReasonsOf(run).Contains($"{reason}") && Failures(run) < options.RetryLimitOf(run);

    /// <summary>
    /// Whether another attempt follows one whose node was lost or could not run it. The counts of the run do not include that attempt.
    /// </summary>
    public static bool FollowsLoss(AgentRun run, RunOptions options) =>
        (run.Status?.Retries?.NodeLost ?? 0) < options.NodeLostRetriesOf(run);

    /// <summary>Returns the run with one more counted retry after a failure.</summary>
    public static AgentRun Counted(AgentRun run) => Counted(run, (run.Status?.Retries ?? new()) with { Failures = Failures(run) + 1 });

    /// <summary>
    /// Returns the run with one more counted retry after the loss of a node, or after a node that could not run the attempt.
    /// </summary>
    public static AgentRun CountedLoss(AgentRun run) =>
        Counted(run, (run.Status?.Retries ?? new()) with { NodeLost = (run.Status?.Retries?.NodeLost ?? 0) + 1 });

    /// <summary>When the next attempt may be placed, in whole seconds; null if no delay follows the last attempt.</summary>
    public static DateTimeOffset? NotBefore(AgentRun run, RunOptions options) =>
        run.LastAttempt()
            is { EndTime: { } ended, Attempt: { } attempt, Reason: not (RunReason.NodeLost or RunReason.NodeUnfit or RunReason.Suspended) }
            ? ended.Plus(Delay(run.UID(), attempt, Failures(run), options.RetryBackoffOf(run))).NextWholeSecond()
            : null;

    /// <summary>
    /// The delay before a retry: <paramref name="first"/>, doubled with each retry, plus up to a quarter. The addition spreads the retries
    /// of runs that failed together.
    /// </summary>
    /// <param name="uid">The UID of the run.</param>
    /// <param name="attempt">The attempt that failed. With the UID it determines the addition, so every process computes the same.</param>
    /// <param name="retry">The number of the retry, from 1.</param>
    /// <param name="first">The delay before the first retry.</param>
    internal static TimeSpan Delay(string uid, int attempt, int retry, TimeSpan first)
    {
        var longest = first > Longest ? first : Longest;
        var doubled = first.TotalSeconds * Math.Pow(2, Math.Max(0, retry - 1));
        return TimeSpan.FromSeconds(Math.Min(doubled, longest.TotalSeconds) * (1 + (Share(uid, attempt) / 4)));
    }

    /// <summary>How many retries followed a failure.</summary>
    internal static int Failures(AgentRun run) => run.Status?.Retries?.Failures ?? 0;

    // At least 0 and less than 1.
    private static double Share(string uid, int attempt) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{uid}/{attempt}"))) / (uint.MaxValue + 1.0);

    private static AgentRun Counted(AgentRun run, RetryCounts counts) =>
        run with
        {
            Status = (run.Status ?? new()) with { Retries = counts },
        };
}
