using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Stromboli.Crds.Runs;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Whether another attempt follows a failed one, and when; pure. The record alone decides, so a restarted operator computes the same.
/// </summary>
internal static class RetryDecision
{
    /// <summary>Delays grow no further than this, or than the first one if that is longer.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>Whether another attempt follows one that ended for this reason; the run's counts are those before it.</summary>
    public static bool Follows(AgentRun run, RunReason reason, RunOptions options) =>
        !run.IsCancelled() && options.RetryReasonsOf(run).Contains($"{reason}") && Failures(run) < options.RetryLimitOf(run);

    /// <summary>
    /// Whether another attempt follows one whose node was lost or could not run it; the run's counts are those before it.
    /// </summary>
    public static bool FollowsLoss(AgentRun run, RunOptions options) =>
        (run.Status?.Retries?.NodeLost ?? 0) < options.NodeLostRetriesOf(run);

    /// <summary>The run with one more retry of a failed attempt counted.</summary>
    public static AgentRun Counted(AgentRun run) => Counted(run, (run.Status?.Retries ?? new()) with { Failures = Failures(run) + 1 });

    /// <summary>The run with one more retry of an attempt counted whose node was lost or could not run it.</summary>
    public static AgentRun CountedLoss(AgentRun run) =>
        Counted(run, (run.Status?.Retries ?? new()) with { NodeLost = (run.Status?.Retries?.NodeLost ?? 0) + 1 });

    /// <summary>When the next attempt may be placed, as a whole second; null if its last attempt asks for no wait.</summary>
    public static DateTimeOffset? NotBefore(AgentRun run, RunOptions options) =>
        run.LastAttempt()
            is { EndTime: { } ended, Attempt: { } attempt, Reason: not (RunReason.NodeLost or RunReason.NodeUnfit or RunReason.Suspended) }
            ? ended.Plus(Delay(run.UID(), attempt, Failures(run), options.RetryBackoffOf(run))).NextWholeSecond()
            : null;

    /// <summary>
    /// The wait before a retry: <paramref name="first"/>, doubled with each, and up to a quarter more, so that runs that failed together do
    /// not come back together.
    /// </summary>
    /// <param name="uid">UID of the run.</param>
    /// <param name="attempt">The attempt that failed; with the UID it gives the same addition at any time and in any process.</param>
    /// <param name="retry">Which retry it is, from 1.</param>
    /// <param name="first">The first wait.</param>
    internal static TimeSpan Delay(string uid, int attempt, int retry, TimeSpan first)
    {
        var longest = first > Longest ? first : Longest;
        var doubled = first.TotalSeconds * Math.Pow(2, Math.Max(0, retry - 1));
        return TimeSpan.FromSeconds(Math.Min(doubled, longest.TotalSeconds) * (1 + (Share(uid, attempt) / 4)));
    }

    /// <summary>How many retries of failed attempts there were.</summary>
    internal static int Failures(AgentRun run) => run.Status?.Retries?.Failures ?? 0;

    // From 0 to below 1.
    private static double Share(string uid, int attempt) =>
        BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{uid}/{attempt}"))) / (uint.MaxValue + 1.0);

    private static AgentRun Counted(AgentRun run, RetryCounts counts) =>
        run with
        {
            Status = (run.Status ?? new()) with { Retries = counts },
        };
}
