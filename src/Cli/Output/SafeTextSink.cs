using System.Text;

namespace Stromboli.Cli.Output;

/// <summary>Takes bytes as they come.</summary>
internal interface IByteSink
{
    /// <summary>Takes the next bytes.</summary>
    void Write(ReadOnlySpan<byte> bytes);
}

/// <summary>
/// Writes UTF-8 as <see cref="SafeText.Block"/>, whatever the boundaries of the pieces. Bytes that are not UTF-8 become U+FFFD: some
/// terminals take single bytes for control characters.
/// </summary>
internal sealed class SafeTextSink(TextWriter writer) : IByteSink
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        var count = _decoder.GetChars(bytes, chars, flush: false);
        _text.Clear();
        foreach (var c in chars.AsSpan(0, count))
        {
            SafeText.AppendTo(_text, c);
        }

        writer.Write(_text);
        writer.Flush();
    }
}

/// <summary>Writes bytes as they are, for files and other programs.</summary>
internal sealed class RawSink(Stream stream) : IByteSink
{
    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        stream.Flush();
    }
}
