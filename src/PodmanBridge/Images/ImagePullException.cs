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

/// <summary>Why an image cannot be had.</summary>
internal enum ImagePullFailure
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>The name is none that is taken, or the policy forbids to ask the registry.</summary>
    NotHere,

    /// <summary>The registry has an address that is not public, and the node's admin has not allowed it.</summary>
    RegistryRefused,

    /// <summary>The registry requires a login, or refuses the one that it was shown.</summary>
    Unauthorized,

    /// <summary>The registry has no such image.</summary>
    NotFound,

    /// <summary>There is no answer from the registry.</summary>
    Unreachable,

    /// <summary>The registry's certificate is not trusted, or it speaks no TLS.</summary>
    Tls,

    /// <summary>The registry takes no more requests for now.</summary>
    RateLimited,

    /// <summary>It is larger than the node takes, or than what is free.</summary>
    TooLarge,

    /// <summary>There is none for the node's kind of machine.</summary>
    OtherPlatform,
}
