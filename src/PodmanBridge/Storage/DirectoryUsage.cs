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

/// <summary>How far a directory could be measured. What is not whole is a lower bound.</summary>
internal enum DirectoryState
{
    /// <summary>Everything in it.</summary>
    Whole,

    /// <summary>Until it was more than was asked about.</summary>
    Over,

    /// <summary>Until the time was over.</summary>
    Late,

    /// <summary>But for what is nested too deep.</summary>
    Deep,

    /// <summary>But for what the kernel let nobody look at.</summary>
    Denied,
}
