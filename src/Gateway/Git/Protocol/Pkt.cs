using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Stromboli.Gateway.Git.Protocol;

/// <summary>One packet of git's pkt-line format (gitprotocol-common).</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">Its content; valid until the next one is read.</param>
internal readonly record struct Pkt(PktKind Kind, ReadOnlyMemory<byte> Bytes = default)
{
    /// <summary>The most bytes of a packet, with the four of its length.</summary>
    public const int Longest = 65520;

    /// <summary>The bytes of the length.</summary>
    public const int Head = 4;

    /// <summary>A packet of this kind on the wire.</summary>
    public static ReadOnlySpan<byte> FlushBytes => "0000"u8;

    /// <summary>Appends a packet with these bytes.</summary>
    public static void Write(Stream to, ReadOnlySpan<byte> bytes)
    {
        to.Write(Encoding.ASCII.GetBytes((bytes.Length + Head).ToString("x4", CultureInfo.InvariantCulture)));
        to.Write(bytes);
    }

    /// <summary>Appends a packet with a text, one byte per character.</summary>
    public static void Write(Stream to, string text) => Write(to, Encoding.Latin1.GetBytes(text));

    /// <summary>The length that four hexadecimal digits say; -1 if they are none.</summary>
    public static int Length(ReadOnlySpan<byte> digits) =>
        Utf8Parser.TryParse(digits[..Head], out int length, out var used, 'x') && used == Head ? length : -1;
}

/// <summary>The kinds of packets.</summary>
internal enum PktKind
{
    /// <summary>One with content, which may be empty.</summary>
    Data,

    /// <summary><c>0000</c>.</summary>
    Flush,

    /// <summary><c>0001</c>.</summary>
    Delimiter,

    /// <summary><c>0002</c>.</summary>
    ResponseEnd,

    /// <summary>The stream ends.</summary>
    End,
}

/// <summary>Something is not as git's protocol has it. The message says what, in words of our own.</summary>
internal sealed class PktException(string message) : Exception(message);
