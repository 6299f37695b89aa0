using Stromboli.Crds.Nodes;
using Stromboli.Crds.Validation;

namespace Stromboli.Crds.Tests.Validation;

public sealed class AgentNodeValidatorTests
{
    [Fact]
    public void Validate_NoSpec_IsRight() => Assert.Empty(AgentNodeValidator.Validate(null));

    [Fact]
    public void Validate_AdminsLabels_AreRight() =>
        Assert.Empty(
            AgentNodeValidator.Validate(
                new AgentNodeSpec
                {
                    MaxRuns = 0,
                    Labels = new() { ["stromboli.dev/pool"] = "default" },
                }
            )
        );

    [Fact]
    public void Validate_LabelsOfTheNodesOwn_AreRefused()
    {
        var errors = AgentNodeValidator.Validate(
            new AgentNodeSpec
            {
                MaxRuns = -1,
                Labels = new() { ["node.stromboli.dev/kernel"] = "7" },
            }
        );

        Assert.Equal(["spec.maxRuns", "spec.labels"], errors.Select(error => error.Field));
    }

    [Fact]
    public void Validate_PrePullImages_AreFullyQualifiedAndFew()
    {
        Assert.Empty(AgentNodeValidator.Validate(new AgentNodeSpec { PrePullImages = ["registry.example.com/agent:1"] }));
        Assert.Equal(
            ["spec.prePullImages[1]"],
            AgentNodeValidator
                .Validate(new AgentNodeSpec { PrePullImages = ["registry.example.com/agent:1", "docker-archive:/x"] })
                .Select(error => error.Field)
        );
        Assert.Equal(
            ["spec.prePullImages"],
            AgentNodeValidator
                .Validate(new AgentNodeSpec { PrePullImages = [.. Enumerable.Repeat("registry.example.com/agent:1", 33)] })
                .Select(error => error.Field)
        );
    }
}
