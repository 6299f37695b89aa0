namespace Stromboli.PodmanBridge.Containers;

/// <summary>A mount point as the shim sees it: <c>st_dev</c> and <c>st_ino</c> of its root.</summary>
internal sealed record ShimMount(string Path, ulong Dev, ulong Ino);
