using System.Buffers.Text;
using System.Text;

namespace Stromboli.PodmanBridge.Agents;

/// <summary>
/// Decodes the escapes of a JSON string. Unlike <c>System.Text.Json</c> it accepts half a surrogate pair, which JavaScript writes when it
/// cuts a string in the middle of a character. Such a half becomes U+FFFD.
/// </summary>
internal static class JsonText
{
    /// <summary>Appends the text that a valid JSON string encodes.</summary>
    /// <param name="raw">The characters between the quotes.</param>
    /// <param name="text">The text is appended here.</param>
    public static void Unescape(ReadOnlySpan<byte> raw, ResultText text)
    {
        while (raw.IndexOf((byte)'\\') is var at and >= 0)
        {
            text.Append(raw[..at]);
            raw = raw[at..];
            raw = raw[Escape(raw, text)..];
        }

        text.Append(raw);
    }

    /// <summary>Decodes the text that a valid JSON string encodes.</summary>
    /// <param name="raw">The characters between the quotes.</param>
    /// <param name="text">Receives the text. It must be as long as <paramref name="raw"/>.</param>
    /// <returns>The length of the text.</returns>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> text)
    {
        Span<byte> bytes = stackalloc byte[4];
        var length = 0;
        while (raw.IndexOf((byte)'\\') is var at and >= 0)
        {
            raw[..at].CopyTo(text[length..]);
            length += at;
            raw = raw[at..];
            raw = raw[Escape(raw, bytes, out var written)..];
            bytes[..written].CopyTo(text[length..]);
            length += written;
        }

        raw.CopyTo(text[length..]);
        return length + raw.Length;
    }

    /// <summary>Appends the character of the escape at the beginning, and returns the length of the escape.</summary>
    private static int Escape(ReadOnlySpan<byte> raw, ResultText text)
    {
        Span<byte> bytes = stackalloc byte[4];
        var length = Escape(raw, bytes, out var written);
        text.Append(bytes[..written]);
        return length;
    }

    private static int Escape(ReadOnlySpan<byte> raw, Span<byte> bytes, out int written)
    {
        if (raw[1] != (byte)'u')
        {
            bytes[0] = raw[1] switch
            {
                (byte)'n' => (byte)'\n',
                (byte)'r' => (byte)'\r',
                (byte)'t' => (byte)'\t',
                (byte)'b' => (byte)'\b',
                (byte)'f' => (byte)'\f',
                var itself => itself,
            };
            written = 1;
            return 2;
        }

        var first = Unit(raw);
        var length = 6;
        var rune = Rune.ReplacementChar;
        if (
            char.IsHighSurrogate(first)
            && raw.Length >= 12
            && raw[6] == (byte)'\\'
            && raw[7] == (byte)'u'
            && Rune.TryCreate(first, Unit(raw[6..]), out var pair)
        )
        {
            (rune, length) = (pair, 12);
        }
        else if (Rune.TryCreate(first, out var single))
        {
            rune = single;
        }

        written = rune.EncodeToUtf8(bytes);
        return length;
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        Utf8Parser.TryParse(escape[2..6], out ushort unit, out _, 'x') ? (char)unit : '\uFFFD';
}
