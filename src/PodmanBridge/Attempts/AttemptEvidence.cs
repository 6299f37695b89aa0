using Stromboli.Crds.Runs;
using Stromboli.Gateway.Accounting;
using Stromboli.PodmanBridge.Agents;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>What is known of an attempt that is over, from those who can be believed.</summary>
internal sealed record AttemptEvidence
{
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
}
