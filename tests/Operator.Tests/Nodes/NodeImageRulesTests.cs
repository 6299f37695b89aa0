using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Tests.Nodes;

public sealed class NodeImageRulesTests
{
    [Fact]
    public void Clean_TooMuch_IsCutToTheBounds()
    {
        var huge = new NodeImage
        {
            Name = "registry.example.com/a:1",
            ID = new string('x', 10_000),
            Size = -5,
            Labels = Enumerable.Range(0, 1000).ToDictionary(i => $"l{i}", _ => "\n" + new string('y', 500)),
            Tools = [.. Enumerable.Range(0, 1000).Select(i => $"tool{i}"), null!],
            Message = new string('m', 10_000),
        };

        var clean = Assert.Single(
            NodeImageRules.Clean([
                null,
                huge,
                huge,
                new NodeImage(),
                new NodeImage { Name = "no name" },
                new NodeImage { Name = new string('a', 600) + ".com/b" },
            ])
        );

        Assert.Equal(
            (StatusLimits.Word, 0L, NodeLimits.ImageTools, NodeLimits.ImageMessage),
            (clean.ID!.Length, clean.Size, clean.Tools!.Count, clean.Message!.Length)
        );
        Assert.InRange(clean.Labels!.Count, 1, NodeLimits.ImageLabels);
        Assert.All(clean.Labels.Values, value => Assert.DoesNotContain('\n', value));
    }

    [Fact]
    public void Clean_ManyImages_AreBounded() =>
        Assert.Equal(
            NodeLimits.Images,
            NodeImageRules.Clean([.. Enumerable.Range(0, 500).Select(i => new NodeImage { Name = $"registry.example.com/a{i}:1" })]).Count
        );

    [Fact]
    public void Clean_Null_IsEmpty() => Assert.Empty(NodeImageRules.Clean((IReadOnlyList<NodeImage?>?)null));
}
