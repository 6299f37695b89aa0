using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Agents;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What is known of an attempt that is over, from trusted sources.</summary>
internal sealed record AttemptEvidence
{
    /// <summary>Whether it is on record that the attempt was let go. Before that, nothing of the tenant's can have run.</summary>
    public bool Released { get; init; }

    /// <summary>Whether the log says that something ran or ended. Unless the attempt was let go, the shim did not write that.</summary>
    public bool LogClaims { get; init; }

    /// <summary>Whether a hook or the agent ran, according to a log that counts.</summary>
    public bool Began { get; init; }

    /// <summary>Why hook or agent could not be started, according to the shim's record; null if they could.</summary>
    public ShimFailure? NotStarted { get; init; }

    /// <summary>Whether hook or agent ended without being stopped, according to the shim's record.</summary>
    public bool EndedByItself { get; init; }

    /// <summary>Whether the deadline has passed.</summary>
    public bool IsPastDeadline { get; init; }

    /// <summary>The program of <c>agent.command</c>, as messages name it.</summary>
    public string Program { get; init; } = MountPoints.Cli + "/claude";

    /// <summary>The directory in which the agent starts.</summary>
    public string Workdir { get; init; } = "";

    /// <summary>Why the bridge ended it; null if it ended by itself.</summary>
    public EndCause? Cause { get; init; }

    /// <summary>What to report about the cause beyond its name, as a sentence.</summary>
    public string? CauseDetail { get; init; }

    /// <summary>The exit code, according to the shim's record; null if a signal ended the agent or nothing is known.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal, for example <c>SIGSEGV</c>; null if the agent exited or nothing is known.</summary>
    public string? Signal { get; init; }

    /// <summary>Who ended it, according to the shim's record.</summary>
    public Stopper By { get; init; }

    /// <summary>The hook in which it ended; null if it ended in the agent.</summary>
    public string? Hook { get; init; }

    /// <summary>How that hook failed, as a sentence; null if no hook failed by itself.</summary>
    public string? HookFailure { get; init; }

    /// <summary>Whether the engine reported that the kernel killed a process of the container for lack of memory.</summary>
    public bool OutOfMemory { get; init; }

    /// <summary>What the CLI reported; null for <c>agent.command</c>.</summary>
    public ClaudeOutput? Claude { get; init; }

    /// <summary>The output, if that is the result: for <c>agent.command</c>, and for the CLI if its output format asks for it.</summary>
    public RunResult? Output { get; init; }

    /// <summary>Whether the log has lost some of the agent's output.</summary>
    public bool LogTruncated { get; init; }

    /// <summary>The gateway's totals; null if the gateway had no part in the attempt.</summary>
    public LedgerTotals? Totals { get; init; }

    /// <summary>Why the gateway's last model call failed; null if it did not fail.</summary>
    public ModelFailure? ModelFailure { get; init; }

    /// <summary>The time from the start of the agent's process to its end, in milliseconds.</summary>
    public long DurationMs { get; init; }

    /// <summary>The options that the CLI was given; null for <c>agent.command</c>.</summary>
    public ClaudeOptions? Options { get; init; }

    /// <summary>Combines what record and log say about an attempt.</summary>
    /// <param name="record">The record.</param>
    /// <param name="log">The log, as far as it counts.</param>
    /// <param name="running">How long the agent has run by this node's clock, for a log that does not say.</param>
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
            // A bridge that was away sees the end late. The log has the time of the end.
            DurationMs = log is { StartedAt: { } started, EndedAt: { } ended }
                ? Math.Max(0, (long)(ended - started).TotalMilliseconds)
                : (long)running.TotalMilliseconds,
        };

    // A program can have 32,000 characters, which is too long for a sentence.
    private static string ProgramOf(AttemptSpec spec) =>
        spec.Command is not [var program, ..] ? MountPoints.Cli + "/claude"
        : program.Length > 200 ? $"{program[..200]}…"
        : program;
}

/// <summary>Who ended the agent's process, according to the shim.</summary>
internal enum Stopper
{
    /// <summary>The process itself, or another process of the container.</summary>
    Agent,

    /// <summary>The shim, because the bridge told it to stop.</summary>
    Stop,

    /// <summary>The shim, because its lease had expired.</summary>
    Lease,
}
