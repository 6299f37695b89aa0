namespace Stromboli.PodmanBridge.Images;

/// <summary>Whether the node's disk has room for another image.</summary>
internal interface IDiskSpace
{
    /// <summary>Why no image is pulled ahead, as one sentence; null if the disk has room.</summary>
    string? Shortage { get; }
}
