namespace Stromboli.PodmanBridge.Storage;

/// <summary>What a directory with everything below it takes of the disk.</summary>
/// <param name="Bytes">Bytes of blocks, and 512 for each inode.</param>
/// <param name="Entries">Names of files and directories.</param>
/// <param name="DeletedBytes">Bytes of files without a name that the container's processes hold.</param>
/// <param name="State">How far it was measured.</param>
internal readonly record struct DirectoryUsage(long Bytes, long Entries, long DeletedBytes, DirectoryState State)
{
    /// <summary>All bytes.</summary>
    public long TotalBytes => Bytes + DeletedBytes;
}
