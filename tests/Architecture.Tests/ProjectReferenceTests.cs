using System.Text.RegularExpressions;

namespace Stromboli.Architecture.Tests;

/// <summary>The list of projects in docs/design/references.md is what the project files say.</summary>
public sealed partial class ProjectReferenceTests
{
    [Fact]
    public void Projects_OfSrc_KnowWhatTheDesignSays()
    {
        var text = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "design", "references.md"));
        var documented = Arrow()
            .Matches(text)
            .Select(arrow => Line(arrow.Groups["from"].Value, arrow.Groups["to"].Value.Split(',', StringSplitOptions.TrimEntries)));

        Assert.Equal(SourceTree.Projects.Select(project => Line(project, ReferencesOf(project))), documented.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> ReferencesOf(string project) =>
        Reference()
            .Matches(File.ReadAllText(Path.Combine(SourceTree.Root, "src", project, $"{project}.csproj")))
            .Select(reference => reference.Groups["to"].Value);

    private static string Line(string from, IEnumerable<string> to) =>
        $"{from} → {string.Join(", ", to.Where(name => name.Length > 0).Order(StringComparer.Ordinal))}";

    [GeneratedRegex(@"^(?<from>[\w.]+) +→(?<to>[\w., ]*)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Arrow();

    [GeneratedRegex(@"<ProjectReference Include=""\.\./(?<to>[\w.]+)/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reference();
}
