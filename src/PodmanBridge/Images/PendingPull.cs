namespace Stromboli.PodmanBridge.Images;

/// <summary>A pull that has begun.</summary>
internal sealed record PendingPull
{
    /// <summary>The namespace whose run began it; null for the node itself.</summary>
    public string? Namespace { get; init; }

    /// <summary>The ids of all images that were there before.</summary>
    public List<string> Before { get; init; } = [];

    /// <summary>When it was given up: its image may still arrive. Null while it is under way.</summary>
    public DateTimeOffset? GivenUp { get; init; }
}
