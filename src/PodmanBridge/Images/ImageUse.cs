namespace Stromboli.PodmanBridge.Images;

/// <summary>
/// An image that is about to be used: until this is disposed it is not removed. From when a container is made of it, the engine keeps it.
/// </summary>
internal sealed class ImageUse(PulledImages images, string id) : IDisposable
{
    private int _over;

    /// <summary>The image's id.</summary>
    public string ID { get; } = id;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _over, 1) == 0)
        {
            images.Release(ID);
        }
    }
}

/// <summary>Somebody looks for an image, and does not know yet which one it is.</summary>
internal sealed class ImageLook(PulledImages images) : IDisposable
{
    /// <summary>The images that were removed meanwhile; guarded by the lock of <see cref="PulledImages"/>.</summary>
    public HashSet<string> Removed { get; } = [];

    /// <inheritdoc/>
    public void Dispose() => images.End(this);
}
