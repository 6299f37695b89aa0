using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;

namespace Stromboli.Pipeline.Tests.Docs;

/// <summary>One command of the README or of docs/operations, as a shell would see it.</summary>
/// <param name="Where">File and line.</param>
/// <param name="Words">Program and arguments; assignments before the program and redirections are left out.</param>
internal sealed partial record DocumentedCommand(string Where, IReadOnlyList<string> Words)
{
    /// <summary>What a sentence in the text may begin with to be a command.</summary>
    private static readonly string[] Programs =
    [
        "dotnet",
        "kubectl",
        "make",
        "npm",
        "systemctl",
        "loginctl",
        "usermod",
        "podman",
        "chmod",
        "sed",
    ];

    /// <summary>The root of the repository.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", ".."));

    /// <summary>The program.</summary>
    public string Program => Words[0];

    /// <summary>
    /// Every command of these pages: each line of a block of shell, and what is set as code in the text and begins with a program and has
    /// an argument.
    /// </summary>
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
        return [.. pages.SelectMany(page => Of(page, File.ReadAllText(Path.Combine(Root, page))))];
    }

    private static IEnumerable<DocumentedCommand> Of(string page, string text)
    {
        foreach (Match block in Block().Matches(text))
        {
            var commands = block.Groups["body"].Value.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n');
            commands = block.Groups["language"].Value switch
            {
                "sh" => commands,
                // Of a session only what is typed is a command.
                "console" => [.. commands.Where(line => line.StartsWith("$ ", StringComparison.Ordinal)).Select(line => line[2..])],
                "" => [.. commands.Where(line => Programs.Contains(line.Split(' ')[0]))],
                _ => [],
            };
            foreach (var command in commands.SelectMany(line => Split($"{page}:{Line(text, block.Index)}", line)))
            {
                yield return command;
            }
        }

        var prose = Block().Replace(text, match => new string('\n', match.Value.Count(c => c == '\n')));
        foreach (Match code in Code().Matches(prose))
        {
            foreach (var command in Split($"{page}:{Line(prose, code.Index)}", code.Groups["code"].Value.ReplaceLineEndings(" ")))
            {
                if (Programs.Contains(command.Program) && command.Words.Count > 1)
                {
                    yield return command;
                }
            }
        }
    }

    private static int Line(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    // As sh(1) does, as far as these pages go: quotes, comments, pipes, lists and redirections.
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

    [GeneratedRegex(
        "^```(?<language>[a-z]*)\n(?<body>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Block();

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex("^[A-Z_]+=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Assignment();
}
