using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stromboli.EndToEnd.Credentials;

/// <summary>Reads files in pieces, without their holes.</summary>
internal static partial class SparseFile
{
    private const int Piece = 1 << 20;
    private const int SeekData = 3;

    /// <summary>Whether the file contains these bytes. A file that is gone or cannot be read contains nothing.</summary>
    public static bool Contains(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Contains(file, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool Contains(SafeFileHandle file, ReadOnlySpan<byte> bytes)
    {
        var buffer = new byte[Math.Min(Piece, RandomAccess.GetLength(file) + bytes.Length)];
        long end = 0;
        var kept = 0;
        // Past the last data there is an error. A file system without holes never returns it.
        while (Seek(file, end, SeekData) is >= 0 and var start)
        {
            // The searched bytes may begin at the end of one piece and go on in the next.
            kept = start == end ? kept : 0;
            var read = RandomAccess.Read(file, buffer.AsSpan(kept), start);
            if (read == 0)
            {
                return false;
            }

            var seen = buffer.AsSpan(0, kept + read);
            if (seen.IndexOf(bytes) >= 0)
            {
                return true;
            }

            end = start + read;
            kept = Math.Min(bytes.Length - 1, seen.Length);
            seen[^kept..].CopyTo(buffer);
        }

        return false;
    }

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial long Seek(SafeFileHandle file, long offset, int whence);
}
