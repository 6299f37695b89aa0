namespace Stromboli.PodmanBridge.Images;

/// <summary>An image that is about to be used. It is not removed until this object is disposed; by then a container uses it.</summary>
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

/// <summary>A search for an image whose id is not known yet.</summary>
internal sealed class ImageLook(PulledImages images) : IDisposable
{
    /// <summary>The images that were removed meanwhile; guarded by the lock of <see cref="PulledImages"/>.</summary>
    public HashSet<string> Removed { get; } = [];

    /// <inheritdoc/>
    public void Dispose() => images.End(this);
}
