using Stromboli.Crds.Runs;

namespace Stromboli.NodeLink.Messages;

/// <summary>How an attempt ended: one cause, decided and kept by the bridge, copied by the operator.</summary>
public sealed record AttemptEnd
{
    /// <summary>The typed reason.</summary>
    public required RunReason Reason { get; init; }

    /// <summary>One sentence that a person can act on.</summary>
    public required string Message { get; init; }

    /// <summary>How long ago the attempt ended, in milliseconds, when this was sent.</summary>
    public required long EndedAgoMs { get; init; }

    /// <summary>The exit code, when the agent exited by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The signal that ended the agent, for example <c>SIGSEGV</c>.</summary>
    public string? Signal { get; init; }

    /// <summary>The result; null when the agent never ran.</summary>
    public RunResult? Result { get; init; }

    /// <summary>The structured result, a JSON object as text, so that its nesting is not the message's; null when there is none.</summary>
    public string? Structured { get; init; }

    /// <summary>What this attempt used.</summary>
    public AttemptUsage? Usage { get; init; }

    /// <summary>The CLI's conversation; equal to the one that it was told, else not reported.</summary>
    public string? SessionID { get; init; }

    /// <summary>Whether the node has HOME or workspace of the attempt's session no more.</summary>
    public bool SessionGone { get; init; }

    /// <summary>
    /// What HOME and workspace of the session took of the disk when they were last measured, in bytes; null if they were not.
    /// </summary>
    public long? SessionBytes { get; init; }

    /// <summary>The model that answered, as the gateway saw it.</summary>
    public string? Model { get; init; }
}
