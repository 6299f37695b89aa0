using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stromboli.PodmanBridge.HostPaths;

/// <summary>Opens paths that contain no links (openat2(2)), without opening the file at the end (O_PATH).</summary>
internal static partial class HostPathFile
{
    public const int NoSuchEntry = 2;
    public const int PermissionDenied = 13;
    public const int OtherDevice = 18;
    public const int NotADirectory = 20;
    public const int NotImplemented = 38;
    public const int LinkMet = 40;

    private const long OpenAt2 = 437;
    private const int CurrentDirectory = -100;
    private const ulong PathOnly = 0x200000;
    private const ulong CloseOnExec = 0x80000;
    private const ulong NoMagicLinks = 2;
    private const ulong NoSymlinks = 4;
    private const ulong Beneath = 8;

    /// <summary>Opens the file at the path. The part after the prefix must not lead out of the prefix.</summary>
    /// <param name="prefix">A path that is allowed.</param>
    /// <param name="path">The same path or one below it.</param>
    /// <param name="error">errno(3) if null is returned.</param>
    public static SafeFileHandle? Open(string prefix, string path, out int error)
    {
        var outer = Open(CurrentDirectory, prefix, NoSymlinks | NoMagicLinks, out error);
        if (outer is null || path.Length == prefix.Length)
        {
            return outer;
        }

        using (outer)
        {
            return Open((int)outer.DangerousGetHandle(), path[(prefix.Length + 1)..], NoSymlinks | NoMagicLinks | Beneath, out error);
        }
    }

    private static SafeFileHandle? Open(int directory, string path, ulong resolve, out int error)
    {
        var how = new OpenHow { Flags = PathOnly | CloseOnExec, Resolve = resolve };
        var descriptor = Call(OpenAt2, directory, path, ref how, Marshal.SizeOf<OpenHow>());
        error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
        return descriptor < 0 ? null : new SafeFileHandle((nint)descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial long Call(long number, int directory, string path, ref OpenHow how, nint size);

    [StructLayout(LayoutKind.Sequential)]
    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
