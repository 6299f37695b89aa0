namespace Stromboli.PodmanBridge.Storage;

/// <summary>A pull that is under way.</summary>
/// <param name="Image">The image's name.</param>
/// <param name="Began">When it began, as a timestamp.</param>
internal sealed record DiskPull(string Image, long Began);
