namespace Stromboli.PodmanBridge.Images;

/// <summary>An image cannot be had (<c>ImagePullFailed</c>). The message is one sentence that names it.</summary>
internal sealed class ImagePullException(string image, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The image, as the run names it.</summary>
    public string Image { get; } = image;
}
