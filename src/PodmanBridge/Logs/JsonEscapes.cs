using System.Buffers;
using System.Globalization;
using System.Text;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>Escapes characters in JSON.</summary>
internal static class JsonEscapes
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create([
        .. Enumerable.Range(0x20, 0x5F).Select(value => (byte)value).Where(value => value is not ((byte)'"' or (byte)'\\')),
    ]);

    private static readonly SearchValues<byte> Ascii = SearchValues.Create([.. Enumerable.Range(0x20, 0x5F).Select(value => (byte)value)]);

    /// <summary>Writes text with the characters of <see cref="UnsafeCharacters"/> escaped.</summary>
    /// <param name="utf8">The text. What is not valid becomes U+FFFD.</param>
    /// <param name="output">The text is written here.</param>
    /// <param name="inString">
    /// Whether the text is to be the content of a string. Otherwise it is valid JSON: then quotes and backslashes stay, such a character can
    /// only be within a string, and white space between values is written as a space.
    /// </param>
    public static void Write(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output, bool inString)
    {
        var plain = inString ? Plain : Ascii;
        while (!utf8.IsEmpty)
        {
            var length = utf8.IndexOfAnyExcept(plain);
            if (length != 0)
            {
                output.Write(length < 0 ? utf8 : utf8[..length]);
                utf8 = length < 0 ? [] : utf8[length..];
                continue;
            }

            Rune.DecodeFromUtf8(utf8, out var rune, out var consumed);
            utf8 = utf8[consumed..];
            Write(rune, output, inString);
        }
    }

    private static void Write(Rune rune, IBufferWriter<byte> output, bool inString)
    {
        switch (rune.Value)
        {
            case < 0x20 when !inString:
                output.Write(" "u8);
                break;
            case '"':
                output.Write("\\\""u8);
                break;
            case '\\':
                output.Write("\\\\"u8);
                break;
            case '\t':
                output.Write("\\t"u8);
                break;
            case '\r':
                output.Write("\\r"u8);
                break;
            case '\n':
                output.Write("\\n"u8);
                break;
            default:
                if (UnsafeCharacters.Contains(rune))
                {
                    output.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}")));
                    break;
                }

                Span<byte> bytes = stackalloc byte[4];
                output.Write(bytes[..rune.EncodeToUtf8(bytes)]);
                break;
        }
    }
}
