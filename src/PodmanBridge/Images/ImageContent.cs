using Stromboli.Crds.Nodes;

namespace Stromboli.PodmanBridge.Images;

/// <summary>What was found in an image.</summary>
internal sealed record ImageContent
{
    /// <summary>What it was looked at for: another CLI may need something else.</summary>
    public CliNeeds? Needs { get; init; }

    /// <summary>Whether the CLI can run in it.</summary>
    public ImageCompatibility Compatibility { get; init; }

    /// <summary>Why it cannot; null otherwise.</summary>
    public string? Message { get; init; }

    /// <summary>The well-known programs that an agent finds in it.</summary>
    public IReadOnlyList<string> Tools { get; init; } = [];
}
