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
