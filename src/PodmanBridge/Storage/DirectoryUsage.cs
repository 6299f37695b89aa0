namespace Stromboli.PodmanBridge.Storage;

/// <summary>What a directory with everything below it takes of the disk.</summary>
/// <param name="Bytes">The bytes of all blocks, plus 512 for each inode.</param>
/// <param name="Entries">The number of names of files and directories.</param>
/// <param name="DeletedBytes">The bytes of deleted files that the container's processes hold open.</param>
/// <param name="State">How completely the directory was measured.</param>
internal readonly record struct DirectoryUsage(long Bytes, long Entries, long DeletedBytes, DirectoryState State)
{
    /// <summary>All bytes.</summary>
    public long TotalBytes => Bytes + DeletedBytes;
}

/// <summary>
/// How completely a directory was measured. Every value but <see cref="Whole"/> means that the measurement is a lower bound.
/// </summary>
internal enum DirectoryState
{
    /// <summary>Everything was measured.</summary>
    Whole,

    /// <summary>The measurement stopped because it had reached the number that was asked about.</summary>
    Over,

    /// <summary>The measurement stopped because its time was over.</summary>
    Late,

    /// <summary>Directories that are nested too deep were left out.</summary>
    Deep,

    /// <summary>Files that the kernel does not let the measurer read were left out.</summary>
    Denied,
}
