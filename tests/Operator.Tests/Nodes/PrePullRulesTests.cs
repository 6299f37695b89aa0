using Stromboli.Crds.Nodes;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Nodes;

public sealed class PrePullRulesTests
{
    private const string One = "registry.example.com/one:1";
    private const string Two = "registry.example.com/two:1";

    private readonly ManualTimeProvider _clock = new();

    [Fact]
    public void Desired_InvalidNames_AreLeftOut() =>
        Assert.Equal([One], PrePullRules.Desired(Node(One, One, "busybox", "docker-archive:/etc/passwd", new string('a', 600) + ".com/b")));

    [Theory]
    [InlineData(null, 0, null, null, "Unknown", "Waiting", "has not reported")]
    [InlineData(One, 1, null, null, "Unknown", "Waiting", "has not reported")]
    [InlineData($"{One} {Two}", 2, null, null, "True", "Pulled", "2 of 2 images are present.")]
    [InlineData($"{One} {Two}", 1, Two, null, "False", "Pulling", $"1 of 2 images are present; {Two} is next.")]
    [InlineData(
        $"{One} {Two}",
        1,
        Two,
        "The image 'x' is not there.",
        "False",
        "PullFailed",
        "1 of 2 images are present. The image 'x' is not there. Trying again."
    )]
    public void Set_Report_BecomesTheCondition(
        string? images,
        int present,
        string? pulling,
        string? failure,
        string status,
        string reason,
        string says
    )
    {
        var progress = images is null
            ? null
            : new PrePullProgress
            {
                Images = images.Split(' '),
                Present = present,
                Pulling = pulling,
                Failure = failure,
            };

        var condition = Assert.Single(PrePullRules.Set([], Node(One, Two), new NodeReport { PrePull = progress }, _clock));

        Assert.Equal((NodeConditions.ImagesPulled, status, reason), (condition.Type, condition.Status, condition.Reason));
        Assert.Contains(says, condition.Message, StringComparison.Ordinal);
        Assert.Equal(7, condition.ObservedGeneration);
    }

    [Fact]
    public void Set_NoneDesired_RemovesTheCondition()
    {
        var before = PrePullRules.Set([new Condition { Type = NodeConditions.Ready }], Node(One), new NodeReport(), _clock);

        Assert.Equal(
            [NodeConditions.Ready],
            PrePullRules.Set(before, Node(), new NodeReport(), _clock).Select(condition => condition.Type)
        );
    }

    [Fact]
    public void Set_NodeDisconnected_KeepsTheLastCondition()
    {
        var told = PrePullRules.Set(
            [],
            Node(One),
            new NodeReport
            {
                PrePull = new PrePullProgress { Images = [One], Present = 1 },
            },
            _clock
        );

        Assert.Equal("Pulled", Assert.Single(PrePullRules.Set(told, Node(One), new NodeReport(), _clock)).Reason);
    }

    private static AgentNode Node(params string[] images) =>
        new()
        {
            Metadata = new() { Name = "node-1", Generation = 7 },
            Spec = new AgentNodeSpec { PrePullImages = [.. images] },
        };
}
