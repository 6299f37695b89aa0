namespace Stromboli.Architecture.Tests;

/// <summary>No two folders of a project depend on each other, directly or by way of others. Why: docs/design/references.md.</summary>
public sealed class FolderCircleTests
{
    public static TheoryData<string> Projects => [.. SourceTree.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_FormNoCircle(string project)
    {
        var graph = new FolderGraph(CompiledTypes.Read(SourceTree.AssemblyOf(project)), $"Stromboli.{project}");

        Assert.True(graph.Circles().Count == 0, graph.Describe());
    }

    [Fact]
    public void Circles_UsesHiddenInMethodBodies_AreFound()
    {
        var graph = new FolderGraph(CompiledTypes.Read(typeof(FolderCircleTests).Assembly.Location), "Stromboli.Architecture.Tests.Circle");

        var circle = Assert.Single(graph.Circles());
        Assert.Equal(["Stromboli.Architecture.Tests.Circle.Left", "Stromboli.Architecture.Tests.Circle.Right"], circle);
        Assert.Contains("Left uses Right", graph.Describe(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_OfAProject_AreItsFolders(string project)
    {
        var folder = Path.Combine(SourceTree.Root, "src", project);
        var misplaced =
            from file in SourceTree.SourceFiles(folder)
            from line in File.ReadLines(file)
            where line.StartsWith("namespace ", StringComparison.Ordinal)
            let expected = $"Stromboli.{project}.{Path.GetRelativePath(folder, Path.GetDirectoryName(file)!).Replace('/', '.')}".TrimEnd(
                '.'
            )
            where line != $"namespace {expected};"
            select $"{Path.GetRelativePath(folder, file)}: {line}";

        Assert.Empty(misplaced);
    }
}
