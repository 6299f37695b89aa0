using System.Text;

namespace Stromboli.Gateway.Git.Protocol;

/// <summary>
/// Texts of git's protocol. Names of refs may be any bytes, so in this folder a text has one character per byte (Latin-1). Pure.
/// </summary>
internal static class GitText
{
    private const int Sha1 = 40;
    private const int Sha256 = 64;

    /// <summary>The bytes as a text.</summary>
    public static string Of(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>A text of .NET as one of the protocol.</summary>
    public static string ToWire(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>A text of the protocol as one of .NET. Bytes that are not UTF-8 become U+FFFD.</summary>
    public static string FromWire(string text) => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text));

    /// <summary>The bytes without a newline at their end.</summary>
    public static ReadOnlySpan<byte> Chomp(ReadOnlySpan<byte> bytes) => bytes is [.. var line, (byte)'\n'] ? line : bytes;

    /// <summary>Whether a text is an object ID of SHA-1 or SHA-256, in lower case.</summary>
    public static bool IsId(string text) =>
        text.Length is Sha1 or Sha256 && text.All(static c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    /// <summary>Whether an object ID stands for no object.</summary>
    public static bool IsZero(string id) => id.All(static c => c == '0');

    /// <summary>The number of digits of the object IDs of a format; 0 for an unknown one.</summary>
    public static int IdLength(string format) =>
        format switch
        {
            "sha1" => Sha1,
            "sha256" => Sha256,
            _ => 0,
        };
}
