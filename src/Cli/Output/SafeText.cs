using System.Text;

namespace Stromboli.Cli.Output;

/// <summary>
/// Text of others for a terminal. Agents choose results, file names and log lines, and a terminal obeys control characters: they could
/// overwrite lines, change the title or type for the user. Every such character is replaced by U+FFFD. Characters that reorder text are
/// replaced too.
/// </summary>
internal static class SafeText
{
    private const char Replacement = '\uFFFD';

    /// <summary>The text on one line: line ends and tabs become spaces.</summary>
    public static string Line(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return "";
        }

        var line = new StringBuilder(text.Length);
        foreach (var c in text.Trim())
        {
            line.Append(
                c is '\n' or '\r' or '\t' ? ' '
                : IsUnsafe(c) ? Replacement
                : c
            );
        }

        return line.ToString();
    }

    /// <summary>The text with its line ends and tabs.</summary>
    public static string Block(string? text)
    {
        var block = new StringBuilder((text ?? "").Length);
        foreach (var c in text ?? "")
        {
            AppendTo(block, c);
        }

        return block.ToString();
    }

    /// <summary>Appends a character of a block. Carriage returns are dropped: they would let a line overwrite itself.</summary>
    public static void AppendTo(StringBuilder block, char c)
    {
        if (c != '\r')
        {
            block.Append(c is '\n' or '\t' || !IsUnsafe(c) ? c : Replacement);
        }
    }

    /// <summary>Whether a terminal might do something else with the character than show it in its place.</summary>
    public static bool IsUnsafe(char c) =>
        char.IsControl(c)
        || c is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u200E' or '\u200F' or '\u061C' or '\u2028' or '\u2029';
}
