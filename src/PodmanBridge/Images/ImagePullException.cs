namespace Stromboli.PodmanBridge.Images;

/// <summary>An image cannot be had (<c>ImagePullFailed</c>). The message is one sentence that names it, and holds no credential.</summary>
internal sealed class ImagePullException(string image, ImagePullFailure failure, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>The image, as the run names it.</summary>
    public string Image { get; } = image;

    /// <summary>Why.</summary>
    public ImagePullFailure Failure { get; } = failure;
}
