namespace Stromboli.PodmanBridge.Containers;

/// <summary>A file's identity, its kind, and the number of its hard links.</summary>
internal readonly record struct FileStatus(FileIdentity Identity, ushort Mode, uint Links)
{
    private const int Kind = 0xF000;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & Kind) == 0x4000;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegular => (Mode & Kind) == 0x8000;

    /// <summary>The status of the file that a handle refers to. The handle may have been opened for its path only.</summary>
    /// <exception cref="IOException">The file cannot be examined.</exception>
    public static FileStatus Of(Microsoft.Win32.SafeHandles.SafeFileHandle handle) => FileIdentity.StatusOf(handle);
}
