namespace Stromboli.Architecture.Tests;

/// <summary>No two folders of a project depend on each other, directly or by way of others. Why: docs/design/references.md.</summary>
public sealed class FolderCircleTests
{
    public static TheoryData<string> Projects => [.. SourceTree.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfAProject_FormNoCircle(string project)
    {
        var graph = new FolderGraph(
            CompiledTypes.Read(SourceTree.AssemblyOf(project)),
            SourceTree.FoldersOfTypes(Path.Combine("src", project))
        );

        Assert.True(graph.Circles().Count == 0, graph.Describe());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Folders_OfEveryCompiledType_AreKnown(string project)
    {
        var folders = SourceTree.FoldersOfTypes(Path.Combine("src", project));
        var types = CompiledTypes.Read(SourceTree.AssemblyOf(project)).Select(use => use.User).Distinct();

        Assert.DoesNotContain(
            types,
            type => type.StartsWith($"Stromboli.{project}.", StringComparison.Ordinal) && !folders.ContainsKey(type)
        );
    }

    [Fact]
    public void Circles_UsesHiddenInMethodBodies_AreFound()
    {
        var graph = new FolderGraph(
            CompiledTypes.Read(typeof(FolderCircleTests).Assembly.Location),
            SourceTree.FoldersOfTypes(Path.Combine("tests", "Architecture.Tests", "Circle"))
        );

        var circle = Assert.Single(graph.Circles());
        Assert.Equal(["Left", "Right"], circle);
        Assert.Contains("Left uses Right", graph.Describe(), StringComparison.Ordinal);
    }
}
