namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// What the CLI says at its end. Any process of the agent can write to the CLI's output, so this may make an outcome worse and never better; its
/// figures of tokens and cost are not read at all.
/// </summary>
internal sealed record ClaudeEnvelope
{
    /// <summary>Whether the CLI counts its own run as failed.</summary>
    public required bool IsError { get; init; }

    /// <summary>For example <c>success</c> or <c>error_max_turns</c>.</summary>
    public required string Subtype { get; init; }

    /// <summary>The turns taken.</summary>
    public int? Turns { get; init; }

    /// <summary>The time that the CLI ran, in milliseconds.</summary>
    public long? DurationMs { get; init; }

    /// <summary>The time that it waited for the model, in milliseconds.</summary>
    public long? ApiDurationMs { get; init; }

    /// <summary>Tool uses that were not permitted.</summary>
    public int PermissionDenials { get; init; }

    /// <summary>The conversation.</summary>
    public string? SessionID { get; init; }

    /// <summary>The structured result, a JSON object as text; null when there is none.</summary>
    public string? Structured { get; init; }
}
