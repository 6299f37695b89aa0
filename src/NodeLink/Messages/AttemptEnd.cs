using Stromboli.Crds.Runs;

namespace Stromboli.NodeLink.Messages;

/// <summary>How an attempt ended: one cause, which the bridge decides and stores, and the operator copies.</summary>
public sealed record AttemptEnd
{
    /// <summary>The reason.</summary>
    public required RunReason Reason { get; init; }

    /// <summary>An explanation in one sentence, for people.</summary>
    public required string Message { get; init; }

    /// <summary>Milliseconds from the end of the attempt to the sending of this message.</summary>
    public required long EndedAgoMs { get; init; }

    /// <summary>The exit code, if the agent exited by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that terminated the agent, such as <c>SIGSEGV</c>.</summary>
    public string? Signal { get; init; }

    /// <summary>The result; null if the agent never ran.</summary>
    public RunResult? Result { get; init; }

    /// <summary>
    /// The structured result: a JSON object as a string, so that its nesting does not count as the message's. Null if there is none.
    /// </summary>
    public string? Structured { get; init; }

    /// <summary>What this attempt used.</summary>
    public AttemptUsage? Usage { get; init; }

    /// <summary>The ID of the CLI's conversation. It is the ID that the CLI was given; another one is not reported.</summary>
    public string? SessionID { get; init; }

    /// <summary>Whether the node no longer has HOME or workspace of the attempt's session.</summary>
    public bool SessionGone { get; init; }

    /// <summary>
    /// The disk space of the session's HOME and workspace when they were last measured, in bytes; null if they were not measured.
    /// </summary>
    public long? SessionBytes { get; init; }

    /// <summary>The model that answered, as the gateway saw it.</summary>
    public string? Model { get; init; }
}

/// <summary>What one attempt used: tokens and cost from the gateway's ledger, turns and denials from the CLI's result.</summary>
public sealed record AttemptUsage
{
    /// <summary>Input tokens, without cache reads and cache writes.</summary>
    public long InputTokens { get; init; }

    /// <summary>Output tokens.</summary>
    public long OutputTokens { get; init; }

    /// <summary>Input tokens read from a prompt cache.</summary>
    public long CacheReadTokens { get; init; }

    /// <summary>Input tokens written to a prompt cache.</summary>
    public long CacheCreationTokens { get; init; }

    /// <summary>US dollars by the operator's price table; null if a model that was used has no price.</summary>
    public decimal? CostUSD { get; init; }

    /// <summary>
    /// Tokens that count against the budget: the tokens used, and for a request whose usage is unknown the most that it could have used.
    /// Meaningless without a budget.
    /// </summary>
    public long ChargedTokens { get; init; }

    /// <summary>US dollars that count against the budget, in the same way as <see cref="ChargedTokens"/>.</summary>
    public decimal ChargedCostUSD { get; init; }

    /// <summary>Turns, as the CLI counts them; null without the CLI, or if it did not report them.</summary>
    public int? Turns { get; init; }

    /// <summary>Milliseconds from the start of the agent's process to its end.</summary>
    public long DurationMs { get; init; }

    /// <summary>Milliseconds during which model requests were in progress.</summary>
    public long ApiDurationMs { get; init; }

    /// <summary>Tool uses that the CLI denied.</summary>
    public int PermissionDenials { get; init; }
}
