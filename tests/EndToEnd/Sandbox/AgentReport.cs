using Stromboli.Crds.Runs;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>The output of a hostile agent: sections that begin with <c># NAME</c> and have lines <c>WHAT: RESULT</c>.</summary>
internal sealed class AgentReport
{
    private readonly ILookup<string, string> _lines;

    private AgentReport(ILookup<string, string> lines) => _lines = lines;

    /// <summary>Reads a run's result.</summary>
    public static AgentReport Of(AgentRunStatus status)
    {
        Assert.False(status.Result?.Truncated, "The agent printed more than the status holds.");
        var section = "";
        var lines = new List<(string Section, string Line)>();
        foreach (var line in (status.Result?.Text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                section = line[2..];
            }
            else
            {
                lines.Add((section, line));
            }
        }

        return new AgentReport(lines.ToLookup(line => line.Section, line => line.Line, StringComparer.Ordinal));
    }

    /// <summary>The lines of a section.</summary>
    public IReadOnlyList<string> Lines(string section) => [.. _lines[section]];

    /// <summary>The results of a section, by attack.</summary>
    public Dictionary<string, string> Results(string section) =>
        _lines[section]
            .Select(line => (Line: line, At: line.LastIndexOf(": ", StringComparison.Ordinal)))
            .ToDictionary(
                it => it.At < 0 ? it.Line : it.Line[..it.At],
                it => it.At < 0 ? "" : it.Line[(it.At + 2)..],
                StringComparer.Ordinal
            );
}
