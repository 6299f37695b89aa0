using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What is known of an attempt that is over, from those who can be believed.</summary>
internal sealed record AttemptEvidence
{
    /// <summary>Whether it is on record that the attempt was let go. Before that nothing of the tenant's can have run.</summary>
    public bool Released { get; init; }

    /// <summary>Whether the log tells of something that ran or ended. Unless the attempt was let go, the shim did not write that.</summary>
    public bool LogClaims { get; init; }

    /// <summary>Whether a hook or the agent ran, by a log that counts.</summary>
    public bool Began { get; init; }

    /// <summary>Why hook or agent could not be started, by the shim's record; null if they could.</summary>
    public ShimFailure? NotStarted { get; init; }

    /// <summary>Whether hook or agent ended and was not stopped, by the shim's record.</summary>
    public bool EndedByItself { get; init; }

    /// <summary>Whether the deadline is over.</summary>
    public bool IsPastDeadline { get; init; }

    /// <summary>The program of <c>agent.command</c>, as it is named in messages.</summary>
    public string Program { get; init; } = MountPoints.Cli + "/claude";

    /// <summary>The directory in which the agent starts.</summary>
    public string Workdir { get; init; } = "";

    /// <summary>Why the bridge ended it; null when it ended by itself.</summary>
    public EndCause? Cause { get; init; }

    /// <summary>What is to be said of the cause beyond its name, as a sentence.</summary>
    public string? CauseDetail { get; init; }

    /// <summary>The exit code, by the shim's record; null when a signal ended the agent or nothing is known.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal, for example <c>SIGSEGV</c>; null when the agent exited or nothing is known.</summary>
    public string? Signal { get; init; }

    /// <summary>Who ended it, by the shim's record.</summary>
    public Stopper By { get; init; }

    /// <summary>The hook in which it ended; null when that was in the agent.</summary>
    public string? Hook { get; init; }

    /// <summary>How that hook failed, as a sentence; null when none did by itself.</summary>
    public string? HookFailure { get; init; }

    /// <summary>Whether the engine reported that the kernel killed for memory in the container.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>What the CLI said; null for <c>agent.command</c>.</summary>
    public ClaudeOutput? Claude { get; init; }

    /// <summary>
    /// What was put out, where that is the result: for <c>agent.command</c>, and for the CLI where its output format asks for it.
    /// </summary>
    public RunResult? Output { get; init; }

    /// <summary>Whether the log has lost some of what the agent put out.</summary>
    public bool LogTruncated { get; init; }

    /// <summary>The gateway's count; null when it had no part in the attempt.</summary>
    public LedgerTotals? Totals { get; init; }

    /// <summary>Why the gateway's last model call failed; null when it did not.</summary>
    public ModelFailure? ModelFailure { get; init; }

    /// <summary>From the start of the agent's process to its end, in milliseconds.</summary>
    public long DurationMs { get; init; }

    /// <summary>What the CLI was told; null for <c>agent.command</c>.</summary>
    public ClaudeOptions? Options { get; init; }

    /// <summary>What record and log say of an attempt.</summary>
    /// <param name="record">What is on record.</param>
    /// <param name="log">The log, as far as it counts.</param>
    /// <param name="running">How long the agent has run by this node's clock, for a log that does not tell.</param>
    public static AttemptEvidence Of(AttemptRecord record, AttemptLog log, TimeSpan running) =>
        new()
        {
            Cause = record.Cause,
            CauseDetail = record.CauseDetail,
            Released = record.Released,
            Began = log.Began,
            NotStarted = log.Failure,
            EndedByItself = log.Exit is { By: "agent" or "hooks" },
            Program = ProgramOf(record.Spec),
            Workdir = record.Spec.Workdir,
            ExitCode = log.Exit?.Code,
            Signal = log.Exit?.SignalName,
            By = log.Exit?.By switch
            {
                "stop" => Stopper.Stop,
                "lease" => Stopper.Lease,
                _ => Stopper.Agent,
            },
            Hook = log.Exit?.Hook,
            HookFailure = log.Exit is { Hook: not null, By: "agent" or "hooks" } failed
                ? HookOutcome.Sentence(failed, record.Spec.HooksTimeoutMs)
                : null,
            Claude = log.Claude,
            Output = log.Output,
            LogTruncated = log.Truncated,
            Options = record.Spec.Claude,
            // A bridge that was away sees the end late; the log knows when it was.
            DurationMs = log is { StartedAt: { } started, EndedAt: { } ended }
                ? Math.Max(0, (long)(ended - started).TotalMilliseconds)
                : (long)running.TotalMilliseconds,
        };

    // A sentence takes no program of 32,000 characters.
    private static string ProgramOf(AttemptSpec spec) =>
        spec.Command is not [var program, ..] ? MountPoints.Cli + "/claude"
        : program.Length > 200 ? $"{program[..200]}…"
        : program;
}

/// <summary>Who ended the agent's process, by the shim's word.</summary>
internal enum Stopper
{
    /// <summary>The process itself, or another process of the container.</summary>
    Agent,

    /// <summary>The shim, because it was told to stop.</summary>
    Stop,

    /// <summary>The shim, because its lease was over.</summary>
    Lease,
}
