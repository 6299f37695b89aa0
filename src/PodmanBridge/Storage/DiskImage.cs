namespace Stromboli.PodmanBridge.Storage;

/// <summary>An image that nothing uses.</summary>
/// <param name="ID">The image.</param>
/// <param name="LastUse">When a run last had it.</param>
/// <param name="IsWanted">Whether it is wanted on the node ahead of runs.</param>
internal sealed record DiskImage(string ID, DateTimeOffset LastUse, bool IsWanted = false);
