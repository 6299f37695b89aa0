using System.Text.RegularExpressions;

namespace Stromboli.Pipeline.Tests.Docs;

/// <summary>A line of shell that a document tells its reader to run: one command, or several in a pipe or list.</summary>
/// <param name="Page">The document, relative to the root of the repository.</param>
/// <param name="Number">The line of the document on which it begins.</param>
/// <param name="Block">The number of the fenced block that the line belongs to; 0 if it is set as code in a sentence.</param>
/// <param name="Text">The line, with continued lines joined.</param>
internal sealed partial record ShellLine(string Page, int Number, int Block, string Text)
{
    /// <summary>The programs that a command in a sentence starts with.</summary>
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

    /// <summary>Where the line is, for messages.</summary>
    public string Where => $"{Page}:{Number}";

    /// <summary>
    /// The lines of a page, in the order in which they are read: each line of a block of shell, and each piece of code in a sentence that
    /// starts with a program and has an argument.
    /// </summary>
    public static IReadOnlyList<ShellLine> Of(string page, string text)
    {
        List<ShellLine> lines = [];
        foreach (var (match, block) in FencedBlock().Matches(text).Select((match, index) => (match, index + 1)))
        {
            var body = match.Groups["body"];
            lines.AddRange(
                Logical(body.Value)
                    .Select(line => line with { Text = Typed(match.Groups["language"].Value, line.Text) })
                    .Where(line => line.Text.Length > 0)
                    .Select(line => new ShellLine(page, LineOf(text, body.Index) + line.Offset, block, line.Text))
            );
        }

        // Blank lines instead of the blocks, so that line numbers stay what they are.
        var prose = FencedBlock().Replace(text, match => new string('\n', match.Value.Count(c => c == '\n')));
        lines.AddRange(
            Code()
                .Matches(prose)
                .Select(match => (Code: LineBreak().Replace(match.Groups["code"].Value, " "), match.Index))
                .Where(found => StartsWithProgram(found.Code))
                .Select(found => new ShellLine(page, LineOf(prose, found.Index), 0, found.Code))
        );
        return [.. lines.OrderBy(line => line.Number)];
    }

    /// <summary>The YAML blocks of a page that are objects of the API.</summary>
    public static IReadOnlyList<string> Manifests(string text) =>
        [
            .. FencedBlock()
                .Matches(text)
                .Where(match => match.Groups["language"].Value == "yaml")
                .Select(match => match.Groups["body"].Value)
                .Where(body => body.Contains("apiVersion:", StringComparison.Ordinal)),
        ];

    // What of a line a reader types; empty if nothing.
    private static string Typed(string language, string line) =>
        language switch
        {
            "sh" => line.TrimStart() is ['#', ..] ? "" : line.Trim(),
            "console" => line.StartsWith("$ ", StringComparison.Ordinal) ? line[2..].Trim() : "",
            // A drawing may have the name of a program too, but not at the margin.
            "" => line is [not ' ', ..] && StartsWithProgram(line) ? line.Trim() : "",
            _ => "",
        };

    private static IEnumerable<(int Offset, string Text)> Logical(string body)
    {
        var offset = 0;
        foreach (var line in body.Replace("\\\n", "\\\r", StringComparison.Ordinal).Split('\n'))
        {
            yield return (offset, line.Replace("\\\r", " ", StringComparison.Ordinal));
            offset += 1 + line.Count(c => c == '\r');
        }
    }

    private static bool StartsWithProgram(string code) =>
        code.Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipWhile(word => Assignment().IsMatch(word)).ToList()
            is [var program, _, .. var more]
        && Programs.Contains(program)
        // `kubectl apply` alone only names a verb.
        && (program is not ("kubectl" or "podman") || more.Count > 0);

    private static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;

    [GeneratedRegex(
        "^```(?<language>[a-z]*)\n(?<body>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex FencedBlock();

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"\s*\n\s*", RegexOptions.None, 1000)]
    private static partial Regex LineBreak();

    [GeneratedRegex("^[A-Z_]+=", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Assignment();
}
