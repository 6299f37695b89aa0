namespace Stromboli.PodmanBridge.Images;

/// <summary>Somebody looks for an image, and does not know yet which one it is.</summary>
internal sealed class ImageLook(PulledImages images) : IDisposable
{
    /// <summary>The images that were removed meanwhile; guarded by the lock of <see cref="PulledImages"/>.</summary>
    public HashSet<string> Removed { get; } = [];

    /// <inheritdoc/>
    public void Dispose() => images.End(this);
}
