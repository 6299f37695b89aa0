namespace Stromboli.PodmanBridge.Containers;

/// <summary>Which file it is, of what kind, and by how many names it goes.</summary>
internal readonly record struct FileStatus(FileIdentity Identity, ushort Mode, uint Links)
{
    private const int Kind = 0xF000;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & Kind) == 0x4000;

    /// <summary>Whether it is a regular file.</summary>
    public bool IsRegular => (Mode & Kind) == 0x8000;

    /// <summary>What a handle leads to, also one that was opened for its path only.</summary>
    /// <exception cref="IOException">It cannot be looked at.</exception>
    public static FileStatus Of(Microsoft.Win32.SafeHandles.SafeFileHandle handle) => FileIdentity.StatusOf(handle);
}
