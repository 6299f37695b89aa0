using System.Runtime.InteropServices;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>What a file system has left for users (statvfs(3)). One system call: it looks at no file.</summary>
/// <param name="Bytes">Free bytes.</param>
/// <param name="Files">Free inodes; null for a file system that makes them as it needs them.</param>
internal readonly partial record struct FreeSpace(long Bytes, long? Files)
{
    /// <summary>What the file system of a path has left.</summary>
    /// <exception cref="IOException">It cannot be asked.</exception>
    public static FreeSpace At(string path) =>
        StatVfs(path, out var stat) == 0
            ? new FreeSpace((long)(stat.AvailableBlocks * stat.FragmentBytes), stat.Files == 0 ? null : (long)stat.AvailableFiles)
            : throw new IOException(
                $"The file system of {path} cannot be asked for its free space (error {Marshal.GetLastPInvokeError()})."
            );

    [LibraryImport("libc", EntryPoint = "statvfs", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatVfs(string path, out StatVfsBuffer stat);

    // As glibc lays it out on machines of 64 bits.
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
