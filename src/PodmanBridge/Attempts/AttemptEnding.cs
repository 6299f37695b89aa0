using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Puts together what bridge, shim, engine, gateway and agent say of an end; <see cref="AttemptOutcome"/> ranks it.</summary>
internal static class AttemptEnding
{
    /// <summary>How an attempt ended.</summary>
    /// <param name="state">The attempt.</param>
    /// <param name="log">Its log, as far as it is written.</param>
    /// <param name="outOfMemory">Whether the engine says that the kernel killed for memory.</param>
    /// <param name="totals">The gateway's count; null if the attempt never got so far.</param>
    public static AttemptEnd Decide(AttemptState state, AttemptLog log, bool outOfMemory, LedgerTotals? totals)
    {
        var spec = state.Record.Spec;
        var cause = state.Record.Cause;
        if (cause is null && log.Failure is { } failure)
        {
            return new AttemptEnd
            {
                Reason = failure is { Hook: not null, Step: not "workdir" } ? RunReason.HookFailed : RunReason.AgentError,
                Message = Sentence(failure, spec),
                EndedAgoMs = 0,
                ExitCode = ExitCode(failure),
                // A hook before it may have used the model.
                Usage = log.Began ? AttemptOutcome.Usage(new AttemptEvidence { Totals = totals }) : null,
            };
        }

        // Bridge and shim were both gone when the deadline came: the engine's own timeout stopped the container.
        if (cause is null && log.Exit is not { By: "agent" or "hooks" } && state.PastDeadline)
        {
            cause = EndCause.TimedOut;
        }

        // Nothing of the tenant's was let go: whatever ended the container, it was not the agent.
        if (cause is null && !log.Began && !state.Record.Released)
        {
            return new AttemptEnd
            {
                Reason = RunReason.NodeUnfit,
                Message = "The container ended on its node before the agent was let go.",
                EndedAgoMs = 0,
            };
        }

        return AttemptOutcome.Decide(
            new AttemptEvidence
            {
                Cause = cause,
                CauseDetail = state.Record.CauseDetail,
                ExitCode = log.Exit?.Code,
                Signal = log.Exit?.SignalName,
                By = By(log.Exit),
                Hook = log.Exit?.Hook,
                HookFailure = log.Exit is { Hook: not null, By: "agent" or "hooks" } failed
                    ? HookOutcome.Sentence(failed, spec.HooksTimeoutMs)
                    : null,
                OutOfMemory = outOfMemory,
                Claude = log.Claude,
                Output = log.Output,
                LogTruncated = log.Truncated,
                Options = spec.Claude,
                Totals = totals,
                ModelFailure = totals?.LastFailure,
                DurationMs = DurationMs(state, log),
            }
        );
    }

    // A bridge that was away sees the end late; the log knows when it was.
    private static long DurationMs(AttemptState state, AttemptLog log) =>
        log is { StartedAt: { } started, EndedAt: { } ended }
            ? Math.Max(0, (long)(ended - started).TotalMilliseconds)
            : (long)state.Running.TotalMilliseconds;

    private static Stopper By(ShimExit? exit) =>
        exit?.By switch
        {
            "stop" => Stopper.Stop,
            "lease" => Stopper.Lease,
            _ => Stopper.Agent,
        };

    // As a shell would say it: 127 there is no such program, 126 it cannot be run.
    private static int? ExitCode(ShimFailure failure) =>
        failure is { Step: "exec", Hook: null } ? (failure.Errno == NoSuchFile ? 127 : 126) : null;

    private static string Sentence(ShimFailure failure, AttemptSpec spec) =>
        failure.Step switch
        {
            not "workdir" when failure.Hook is not null => HookOutcome.Sentence(failure),
            "exec" when failure.Errno == NoSuchFile => $"The image has no program '{Program(spec)}', or not the interpreter that it names.",
            "exec" => $"The program '{Program(spec)}' cannot be run: {failure.Message}.",
            "workdir" => $"The working directory '{spec.Workdir}' cannot be used: {failure.Message}.",
            _ => $"The agent could not be started ({failure.Step}): {failure.Message}.",
        };

    // A sentence takes no program of 32,000 characters.
    private static string Program(AttemptSpec spec) =>
        spec.Command is [var program, ..] ? (program.Length > 200 ? $"{program[..200]}…" : program) : MountPoints.Cli + "/claude";

    private const int NoSuchFile = 2;
}
