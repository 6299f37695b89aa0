using System.Text;
using Stromboli.Cli.Output;

namespace Stromboli.Cli.Streams;

/// <summary>Shows a diff on a terminal: safe, and with added and removed lines in colours.</summary>
internal sealed class DiffColours(Screen screen) : IByteSink
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        var chars = new char[Encoding.UTF8.GetMaxCharCount(bytes.Length)];
        foreach (var c in chars.AsSpan(0, _decoder.GetChars(bytes, chars, flush: false)))
        {
            if (c == '\n')
            {
                Finish();
            }
            else
            {
                SafeText.AppendTo(_line, c);
            }
        }

        screen.Out.Flush();
    }

    /// <summary>Prints the last line, if it has no end.</summary>
    public void End()
    {
        if (_line.Length > 0)
        {
            Finish();
        }
    }

    private void Finish()
    {
        var line = _line.ToString();
        _line.Clear();
        var colour =
            line.StartsWith("+++", StringComparison.Ordinal) || line.StartsWith("---", StringComparison.Ordinal) ? Colour.None
            : line.StartsWith('+') ? Colour.Green
            : line.StartsWith('-') ? Colour.Red
            : line.StartsWith("@@", StringComparison.Ordinal) ? Colour.Cyan
            : Colour.None;
        screen.Out.WriteLine(screen.Paint(colour, line));
    }
}
