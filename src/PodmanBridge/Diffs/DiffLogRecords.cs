using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Diffs;

/// <summary>The shim's records in the log of a diff's container. What the script printed is copied to a file.</summary>
internal sealed class DiffLogRecords(Stream output) : ShimLogRecords
{
    /// <inheritdoc/>
    public override void Stdout(ReadOnlySpan<byte> piece, bool endOfLine)
    {
        output.Write(piece);
        if (endOfLine)
        {
            output.WriteByte((byte)'\n');
        }
    }
}
