using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Stromboli.Pipeline.Tests.Docs;

/// <summary>One command of a document, split as a shell splits it.</summary>
/// <param name="Where">File and line.</param>
/// <param name="Words">Program and arguments; assignments before the program and redirections are left out.</param>
internal sealed partial record DocumentedCommand(string Where, IReadOnlyList<string> Words)
{
    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    /// <summary>The program.</summary>
    public string Program => Words[0];

    /// <summary>Every command of these pages; a line with a pipe or a list has several.</summary>
    public static IReadOnlyList<DocumentedCommand> All()
    {
        string[] pages =
        [
            "README.md",
            "CONTRIBUTING.md",
            .. Directory
                .EnumerateFiles(Path.Combine(Root, "docs", "operations"), "*.md")
                .Select(file => Path.GetRelativePath(Root, file))
                .Order(),
        ];
        return
        [
            .. pages
                .SelectMany(page => ShellLine.Of(page, File.ReadAllText(Path.Combine(Root, page))))
                .SelectMany(line => Split(line.Where, line.Text)),
        ];
    }

    // Splits as sh(1) does, as far as these pages need it: quotes, comments, pipes, lists and redirections.
    private static IEnumerable<DocumentedCommand> Split(string where, string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quote, begun, skip) = ('\0', false, false);
        foreach (var c in line + "\n")
        {
            if (quote != '\0')
            {
                if (c == quote)
                {
                    quote = '\0';
                }
                else
                {
                    word.Append(c);
                }

                continue;
            }

            if (c is '\'' or '"')
            {
                (quote, begun) = (c, true);
                continue;
            }

            if (!char.IsWhiteSpace(c) && c is not ('|' or '&' or ';' or '>') && !(c == '#' && !begun && word.Length == 0))
            {
                word.Append(c);
                continue;
            }

            if ((begun || word.Length > 0) && !skip && !(words.Count == 0 && Assignment().IsMatch(word.ToString())))
            {
                words.Add(word.ToString());
            }

            if (begun || word.Length > 0)
            {
                skip = false;
            }

            word.Clear();
            begun = false;
            if (c == '>')
            {
                skip = true;
            }

            if (c is '|' or '&' or ';' or '#' or '\n' && words.Count > 0)
            {
                yield return new(where, [.. words]);
                words.Clear();
            }

            if (c == '#')
            {
                yield break;
            }
        }
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("^[A-Z_]+=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Assignment();
}
