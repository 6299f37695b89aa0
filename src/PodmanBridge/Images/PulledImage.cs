namespace Stromboli.PodmanBridge.Images;

/// <summary>An image that this bridge pulled.</summary>
internal sealed record PulledImage
{
    /// <summary>The namespace whose run pulled it; null for the node itself (<c>spec.prePullImages</c>, <c>--git-image</c>).</summary>
    public string? Namespace { get; init; }

    /// <summary>When a run last had it.</summary>
    public DateTimeOffset LastUse { get; init; }

    /// <summary>The names that it was pulled by (<see cref="ImageReference.Key"/>).</summary>
    public List<string> Names { get; init; } = [];
}
