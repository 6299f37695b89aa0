using Microsoft.Win32.SafeHandles;

namespace Stromboli.PodmanBridge.Images;

/// <summary>A file of the node that is too large to be read as a whole.</summary>
internal sealed class ElfOnDisk(SafeFileHandle file) : IElfFile
{
    /// <inheritdoc/>
    public bool TryRead(ulong offset, Span<byte> into)
    {
        for (var read = 0; read < into.Length; )
        {
            if (
                offset > long.MaxValue - (ulong)into.Length
                || RandomAccess.Read(file, into[read..], (long)offset + read) is not (> 0 and var count)
            )
            {
                return false;
            }

            read += count;
        }

        return true;
    }
}
