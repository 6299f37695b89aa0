using System.Buffers;
using System.Globalization;
using System.Text;

namespace Stromboli.PodmanBridge.Files;

/// <summary>
/// Spells names of files, which are bytes on the disk, as text. A byte that is no part of valid UTF-8 is written <c>\x</c> and two
/// hexadecimal digits, and a backslash is written <c>\\</c>, so that every name has exactly one spelling. Pure.
/// </summary>
internal static class FilePath
{
    /// <summary>The longest path in bytes, as in PATH_MAX without its end.</summary>
    public const int LongestPath = 4095;

    /// <summary>The spelling of a name.</summary>
    public static string Spell(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        while (!name.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(name, out var rune, out var length);
            if (status != OperationStatus.Done)
            {
                Escape(text, name[..length]);
            }
            else if (rune.Value == '\\')
            {
                text.Append(@"\\");
            }
            else
            {
                text.Append(rune.ToString());
            }

            name = name[length..];
        }

        return text.ToString();
    }

    /// <summary>The bytes of a path below a directory, without empty parts; empty for the directory itself.</summary>
    /// <param name="path">The path as a reader spells it.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence; null if nothing is.</param>
    public static byte[] Parse(string path, out string? problem)
    {
        problem = null;
        if (path.StartsWith('/'))
        {
            problem = "is absolute; name it relative to the workspace";
            return [];
        }

        var parts = new List<byte[]>();
        foreach (var part in path.Split('/').Where(part => part is not ("" or ".")))
        {
            if (part == "..")
            {
                problem = "has a part '..'";
                return [];
            }

            if (Unescape(part) is not { } bytes)
            {
                problem = @"is not spelled as names are: a backslash is \\, and \xNN is a byte that is not UTF-8";
                return [];
            }

            parts.Add(bytes);
        }

        var whole = parts.Count == 0 ? [] : parts.Aggregate((all, part) => [.. all, (byte)'/', .. part]);
        problem = whole.Length > LongestPath ? "is too long" : null;
        return problem is null ? whole : [];
    }

    /// <summary>A path as it may stand in a sentence: quoted, short, and without control characters.</summary>
    public static string Quote(string path)
    {
        const int longest = 200;
        var text = new StringBuilder("'");
        foreach (var rune in (path.Length > longest ? path[..longest] + "…" : path).EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format)
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
            else
            {
                text.Append(rune.ToString());
            }
        }

        return text.Append('\'').ToString();
    }

    private static void Escape(StringBuilder text, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }
    }

    // Null if it is not a spelling that Spell makes, so that no two paths name the same file.
    private static byte[]? Unescape(string part)
    {
        var bytes = new ArrayBufferWriter<byte>(part.Length);
        for (var at = 0; at < part.Length; )
        {
            if (part[at] != '\\')
            {
                var end = part.IndexOf('\\', at) is var next and >= 0 ? next : part.Length;
                bytes.Write(Encoding.UTF8.GetBytes(part[at..end]));
                at = end;
            }
            else if (part.AsSpan(at).StartsWith(@"\\"))
            {
                bytes.Write(@"\"u8);
                at += 2;
            }
            else if (
                part.AsSpan(at).StartsWith(@"\x")
                && part.Length >= at + 4
                && byte.TryParse(part.AsSpan(at + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            )
            {
                bytes.Write([value]);
                at += 4;
            }
            else
            {
                return null;
            }
        }

        var name = bytes.WrittenSpan;
        return name.Contains((byte)0) || name.Contains((byte)'/') || Spell(name) != part ? null : name.ToArray();
    }
}
