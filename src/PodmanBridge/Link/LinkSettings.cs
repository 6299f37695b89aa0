namespace Stromboli.PodmanBridge.Link;

/// <summary>How this node reaches its operator.</summary>
internal sealed record LinkSettings
{
    /// <summary>The operator's addresses, tried in turn.</summary>
    public required IReadOnlyList<Uri> Operators { get; init; }

    /// <summary>The file with the authorities that are trusted, in PEM; the machine's own are not.</summary>
    public required string CaFile { get; init; }

    /// <summary>The AgentNode's name.</summary>
    public required string Node { get; init; }
}
