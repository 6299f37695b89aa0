namespace Stromboli.PodmanBridge.Images;

/// <summary>What of <see cref="PulledImages"/> is on disk.</summary>
internal sealed record PulledImagesRecord
{
    /// <summary>The images that this bridge pulled, by id.</summary>
    public Dictionary<string, PulledImage> Images { get; init; } = [];

    /// <summary>The pulls whose end is not known, by the image's name.</summary>
    public Dictionary<string, PendingPull> Pending { get; init; } = [];
}
