using System.Runtime.InteropServices;

namespace Stromboli.PodmanBridge.HostPaths;

/// <summary>realpath(3).</summary>
internal static partial class RealPath
{
    /// <summary>The path without links; null if it leads nowhere.</summary>
    public static string? Of(string path)
    {
        var resolved = Resolve(path, 0);
        if (resolved == 0)
        {
            return null;
        }

        try
        {
            return Marshal.PtrToStringUTF8(resolved);
        }
        finally
        {
            Free(resolved);
        }
    }

    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint Resolve(string path, nint buffer);

    [LibraryImport("libc", EntryPoint = "free")]
    private static partial void Free(nint memory);
}
