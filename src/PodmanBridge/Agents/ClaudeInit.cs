namespace Stromboli.PodmanBridge.Agents;

/// <summary>What the CLI reports at its start.</summary>
internal sealed record ClaudeInit
{
    /// <summary>The id of the conversation.</summary>
    public string? SessionID { get; init; }

    /// <summary>The model that the CLI intends to use.</summary>
    public string? Model { get; init; }

    /// <summary>The CLI's version.</summary>
    public string? Version { get; init; }

    /// <summary>The permission mode in force.</summary>
    public string? PermissionMode { get; init; }
}
