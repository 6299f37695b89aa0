namespace Stromboli.PodmanBridge.Images;

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
