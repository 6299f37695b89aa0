using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Identifies the file that a path leads to: <c>st_dev</c> and <c>st_ino</c> (statx(2)), which are the same inside a container as outside.
/// </summary>
internal readonly partial record struct FileIdentity(ulong Dev, ulong Ino)
{
    private const int AtCurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint TypeAndMode = 0x3;
    private const uint Links = 0x4;
    private const uint Owner = 0x8;
    private const uint Inode = 0x100;

    /// <summary>The identity of the file at a path. Links are followed.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be examined.</exception>
    public static FileIdentity Of(string path) =>
        StatX(AtCurrentDirectory, path, 0, Inode, out var stat) == 0
            ? IdentityOf(stat)
            : throw new IOException($"{path} cannot be examined (error {Marshal.GetLastPInvokeError()}).");

    /// <summary>The identity of the file at a path; null if it cannot be examined. Links are followed.</summary>
    public static FileIdentity? TryOf(string path) => TryOf(path, out _);

    /// <summary>
    /// The identity of the file at a path; null, and the system's error number, if it cannot be examined. Links are followed.
    /// </summary>
    public static FileIdentity? TryOf(string path, out int error)
    {
        var found = StatX(AtCurrentDirectory, path, 0, Inode, out var stat) == 0;
        error = found ? 0 : Marshal.GetLastPInvokeError();
        return found ? IdentityOf(stat) : null;
    }

    /// <summary>The number of the user who owns the file. Links are followed.</summary>
    /// <exception cref="IOException">There is no such file, or it cannot be examined.</exception>
    public static uint OwnerOf(string path) =>
        StatX(AtCurrentDirectory, path, 0, Owner, out var stat) == 0
            ? stat.User
            : throw new IOException($"{path} cannot be examined (error {Marshal.GetLastPInvokeError()}).");

    internal static FileStatus StatusOf(SafeFileHandle handle) =>
        StatX((int)handle.DangerousGetHandle(), "", EmptyPath, Inode | TypeAndMode | Links, out var stat) == 0
            ? new FileStatus(IdentityOf(stat), stat.Mode, stat.Links)
            : throw new IOException($"An open file cannot be examined (error {Marshal.GetLastPInvokeError()}).");

    private static FileIdentity IdentityOf(in StatXBuffer stat) => new(MakeDevice(stat.DevMajor, stat.DevMinor), stat.Ino);

    // The same as gnu_dev_makedev(3): the layout of a 64-bit st_dev.
    private static ulong MakeDevice(ulong major, ulong minor) =>
        ((major & 0xfffff000) << 32) | ((major & 0xfff) << 8) | ((minor & 0xffffff00) << 12) | (minor & 0xff);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, out StatXBuffer stat);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct StatXBuffer
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Ino;

        [FieldOffset(136)]
        public uint DevMajor;

        [FieldOffset(140)]
        public uint DevMinor;
    }
}
