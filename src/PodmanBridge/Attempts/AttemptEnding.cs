using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Decides how an attempt ended, from evidence alone. The evidence is ranked: first what the bridge itself decided, then what shim and
/// engine report about exit and signal, then what the gateway reports about the model. The CLI's envelope comes last and can only make an
/// outcome worse. Pure.
/// </summary>
internal static class AttemptEnding
{
    private const string Kill = "SIGKILL";
    private const string MaxTurns = "error_max_turns";
    private const string MaxBudget = "error_max_budget_usd";
    private const int NoSuchFile = 2;
    private const string OutOfMemoryMessage = "The agent used more memory than resources.limits.memory allows, and the kernel killed it.";

    /// <summary>The end of an attempt. <see cref="AttemptEnd.EndedAgoMs"/> is 0, because the caller knows the time.</summary>
    public static AttemptEnd Decide(AttemptEvidence evidence) =>
        evidence switch
        {
            { Cause: null, Released: false, LogClaims: true } => Unreleased(
                RunReason.PolicyDenied,
                "The container is not the one that the bridge created: its log reports an agent that was never let go."
            ),
            { Cause: null, NotStarted: { } failure } => NotStarted(evidence, failure),
            // Bridge and shim were both gone when the deadline passed, so the engine's own timeout stopped the container.
            { Cause: null, EndedByItself: false, IsPastDeadline: true } => Ended(evidence with { Cause = EndCause.TimedOut }),
            // Nothing of the tenant's was let go, so the agent cannot have ended the container.
            { Cause: null, Released: false } => Unreleased(RunReason.NodeUnfit, "Container ended on its node before the agent started."),
            _ => Ended(evidence),
        };

    /// <summary>What the attempt used, as far as the evidence says.</summary>
    public static AttemptUsage Usage(AttemptEvidence evidence) =>
        new()
        {
            InputTokens = evidence.Totals?.Tokens.Input ?? 0,
            OutputTokens = evidence.Totals?.Tokens.Output ?? 0,
            CacheReadTokens = evidence.Totals?.Tokens.CacheRead ?? 0,
            CacheCreationTokens = evidence.Totals is { Tokens: { } tokens } ? tokens.CacheWrite + tokens.CacheWriteHour : 0,
            CostUSD = evidence.Totals is { } totals ? totals.CostUSD : 0,
            ChargedTokens = evidence.Totals?.Charged.Tokens ?? 0,
            ChargedCostUSD = evidence.Totals?.Charged.CostUSD ?? 0,
            Turns = evidence.Claude?.Turns,
            DurationMs = evidence.DurationMs,
            ApiDurationMs = evidence.Totals?.ApiDurationMs ?? 0,
            PermissionDenials = evidence.Claude?.Envelope?.PermissionDenials ?? 0,
        };

    private static AttemptEnd Unreleased(RunReason reason, string message) =>
        new()
        {
            Reason = reason,
            Message = message,
            EndedAgoMs = 0,
        };

    private static AttemptEnd NotStarted(AttemptEvidence evidence, ShimFailure failure) =>
        new()
        {
            Reason = failure is { Hook: not null, Step: not "workdir" } ? RunReason.HookFailed : RunReason.AgentError,
            Message = Sentence(evidence, failure),
            EndedAgoMs = 0,
            // The codes of a shell: 127 if the program does not exist, 126 if it cannot be run.
            ExitCode = failure is { Step: "exec", Hook: null } ? (failure.Errno == NoSuchFile ? 127 : 126) : null,
            // An earlier hook may have used the model.
            Usage = evidence.Began ? Usage(new AttemptEvidence { Totals = evidence.Totals }) : null,
        };

    private static string Sentence(AttemptEvidence evidence, ShimFailure failure) =>
        failure.Step switch
        {
            not "workdir" when failure.Hook is not null => HookOutcome.Sentence(failure),
            "exec" when failure.Errno == NoSuchFile =>
                $"The image has no program '{evidence.Program}', or not the interpreter that it names.",
            "exec" => $"The program '{evidence.Program}' cannot be run: {failure.Message}.",
            "workdir" => $"The working directory '{evidence.Workdir}' cannot be used: {failure.Message}.",
            _ => $"The agent could not be started ({failure.Step}): {failure.Message}.",
        };

    private static AttemptEnd Ended(AttemptEvidence evidence)
    {
        var (reason, message) = Judge(evidence);
        var byItself = evidence.Cause is null && evidence.By == Stopper.Agent && evidence.Hook is null;
        return new AttemptEnd
        {
            Reason = reason,
            Message = message,
            EndedAgoMs = 0,
            ExitCode = byItself ? evidence.ExitCode : null,
            Signal = byItself ? evidence.Signal : null,
            Result = evidence.Hook is null ? evidence.Output ?? evidence.Claude?.Result() : null,
            Structured = Fits(evidence.Claude?.Envelope?.Structured) ? evidence.Claude?.Envelope?.Structured : null,
            Usage = Usage(evidence),
            // A lost session has no id, whatever id the CLI was asked for.
            SessionID = reason == RunReason.SessionLost ? null : evidence.Claude?.SessionID,
            Model = evidence.Totals?.Model,
        };
    }

    private static (RunReason Reason, string Message) Judge(AttemptEvidence evidence) =>
        evidence switch
        {
            { Cause: EndCause.Cancelled or EndCause.Dropped } => (RunReason.Cancelled, "The run was cancelled."),
            { Cause: EndCause.Suspended } => (RunReason.Suspended, "The run was suspended."),
            { Cause: EndCause.SessionDeleted } => (RunReason.SessionLost, "Session was deleted while the run used it."),
            { Cause: EndCause.TimedOut } => (
                RunReason.TimedOut,
                $"Timed out before the {(evidence.Hook is { } hook ? $"hook {hook}" : "agent")} finished."
            ),
            { Cause: EndCause.BudgetExceeded } => (
                RunReason.BudgetExceeded,
                "Run used up its budget, and the next model request was refused."
            ),
            { Cause: EndCause.StorageExceeded } => (
                RunReason.StorageLimitExceeded,
                evidence.CauseDetail ?? "The run has more on its node's disk than it may."
            ),
            { Cause: EndCause.LeaseOver } or { By: Stopper.Lease } => (
                RunReason.NodeLost,
                "Node lost contact with the operator for longer than its lease and stopped the agent."
            ),
            { HookFailure: not null, OutOfMemory: true, Signal: Kill } => (
                RunReason.OutOfMemory,
                $"The hook {evidence.Hook} used more memory than resources.limits.memory allows, and the kernel killed it."
            ),
            { HookFailure: { } failure } => (RunReason.HookFailed, failure),
            { Signal: { } signal } => BySignal(evidence, signal),
            { By: Stopper.Stop } => (RunReason.Crashed, "Agent was stopped on its node by something other than Stromboli."),
            { ExitCode: { } code } => ByExit(evidence, code),
            { OutOfMemory: true } => (RunReason.OutOfMemory, OutOfMemoryMessage),
            _ => (RunReason.Crashed, "Container ended and left no record of how the agent ended."),
        };

    private static (RunReason Reason, string Message) BySignal(AttemptEvidence evidence, string signal)
    {
        if (evidence.By == Stopper.Stop)
        {
            return (RunReason.Crashed, "Agent was stopped on its node by something other than Stromboli.");
        }

        return evidence.OutOfMemory && signal == Kill
            ? (RunReason.OutOfMemory, OutOfMemoryMessage)
            : (RunReason.Crashed, $"The agent was ended by {signal}.");
    }

    private static (RunReason Reason, string Message) ByExit(AttemptEvidence evidence, int code)
    {
        if (evidence.Claude is not { } claude)
        {
            return code == 0
                ? (RunReason.Completed, "The command exited with 0.")
                : (RunReason.AgentError, $"The command exited with {code}.");
        }

        var envelope = claude.Envelope;
        if (code == 0 && envelope is { IsError: false } && envelope.Subtype != MaxTurns)
        {
            return Succeeded(evidence, envelope);
        }

        if (evidence.ModelFailure is { } failure)
        {
            return (failure.Reason, $"The agent failed since its last model call did: {failure.Message}.");
        }

        if (envelope?.Subtype == MaxTurns)
        {
            return (RunReason.MaxTurnsReached, "The agent used all the turns that maxTurns allows.");
        }

        if (envelope?.Subtype == MaxBudget)
        {
            return (RunReason.BudgetExceeded, "The CLI stopped because, by its own count, the run costs more than maxBudgetUSD allows.");
        }

        return StartFailure.Judge(evidence, code)
            ?? (
                RunReason.AgentError,
                envelope switch
                {
                    null when evidence.LogTruncated =>
                        $"The CLI exited with {code}, and the log lost what it reported: raise output.logBytes.",
                    null => $"The CLI exited with {code} and reported no result; its log says more.",
                    { IsError: true } => $"The CLI exited with {code} and reports an error; see result.text.",
                    _ => $"The CLI exited with {code} although it reports success.",
                }
            );
    }

    private static (RunReason Reason, string Message) Succeeded(AttemptEvidence evidence, ClaudeEnvelope envelope) =>
        envelope.Structured switch
        {
            null when evidence.Options?.JsonSchema is not null => (
                RunReason.AgentError,
                "Agent finished without the structured result that jsonSchema asks for."
            ),
            { } structured when !Fits(structured) => (
                RunReason.Completed,
                $"Agent finished; its structured result is too large for status, which holds {StatusLimits.StructuredBytes} bytes: see the log."
            ),
            _ => (RunReason.Completed, "Agent finished."),
        };

    private static bool Fits(string? structured) =>
        structured is not null && Encoding.UTF8.GetByteCount(structured) <= StatusLimits.StructuredBytes;
}
