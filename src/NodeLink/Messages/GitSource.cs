namespace Stromboli.NodeLink.Messages;

/// <summary>A repository that a workspace is cloned from.</summary>
public sealed record GitSource
{
    /// <summary>The https address, without a slash at its end.</summary>
    public required string Url { get; init; }

    /// <summary>Branch, tag, full ref or commit id; null for the repository's default branch.</summary>
    public string? Ref { get; init; }

    /// <summary>Commits of history; 0 for all of it.</summary>
    public required int Depth { get; init; }
}
