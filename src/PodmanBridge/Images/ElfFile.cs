using Microsoft.Win32.SafeHandles;

namespace Stromboli.PodmanBridge.Images;

/// <summary>A file, as far as it is looked into.</summary>
internal interface IElfFile
{
    /// <summary>Reads what is at a place.</summary>
    /// <returns>False if the file ends before that.</returns>
    bool TryRead(ulong offset, Span<byte> into);
}

/// <summary>A file that was read into memory.</summary>
internal sealed class ElfBytes(ReadOnlyMemory<byte> bytes) : IElfFile
{
    /// <inheritdoc/>
    public bool TryRead(ulong offset, Span<byte> into)
    {
        if (offset > (ulong)bytes.Length || (ulong)bytes.Length - offset < (ulong)into.Length)
        {
            return false;
        }

        bytes.Span.Slice((int)offset, into.Length).CopyTo(into);
        return true;
    }
}

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
