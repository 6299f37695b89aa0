using System.Runtime.InteropServices;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>What a file system has free for users (statvfs(3)). It takes one system call and reads no file.</summary>
/// <param name="Bytes">Free bytes.</param>
/// <param name="Files">Free inodes; null for a file system that creates inodes on demand.</param>
internal readonly partial record struct FreeSpace(long Bytes, long? Files)
{
    /// <summary>What the file system of a path has left.</summary>
    /// <exception cref="IOException">The file system cannot be queried.</exception>
    public static FreeSpace At(string path) =>
        StatVfs(path, out var stat) == 0
            ? new FreeSpace((long)(stat.AvailableBlocks * stat.FragmentBytes), stat.Files == 0 ? null : (long)stat.AvailableFiles)
            : throw new IOException(
                $"The file system of {path} cannot be asked for its free space (error {Marshal.GetLastPInvokeError()})."
            );

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, out StatVfsBuffer stat);

    // The layout of glibc on 64-bit machines.
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct StatVfsBuffer
    {
        [FieldOffset(8)]
        public ulong FragmentBytes;

        [FieldOffset(32)]
        public ulong AvailableBlocks;

        [FieldOffset(40)]
        public ulong Files;

        [FieldOffset(56)]
        public ulong AvailableFiles;
    }
}
