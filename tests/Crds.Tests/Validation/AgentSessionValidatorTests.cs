using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Crds.Tests.Cases;
using Stromboli.Crds.Validation;

namespace Stromboli.Crds.Tests.Validation;

public sealed class AgentSessionValidatorTests
{
    private const string Table = "agentsession";

    public static TheoryData<string> Names => [.. SpecCase.ForCode(Table).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Validate_RowOfTheTable_RefusesTheFieldsOfTheRow(string name)
    {
        var row = SpecCase.ForCode(Table).Single(row => row.Name == name);
        var errors = AgentSessionValidator.Validate(row.Spec.Deserialize(CrdsJson.Default.AgentSessionSpec));

        Assert.Equal(row.Refused.Order(StringComparer.Ordinal), errors.Select(error => error.Field).Order(StringComparer.Ordinal));
        if (row.Says is { } says)
        {
            Assert.All(errors, error => Assert.Contains(says, error.Message));
        }
    }

    [Fact]
    public void Validate_NoSpec_IsRequired() =>
        Assert.Equal("spec is required", Assert.Single(AgentSessionValidator.Validate(null)).ToString());

    [Fact]
    public void Merge_RunOfASession_HasTheFieldsOfTheSession()
    {
        var session = new AgentSession
        {
            Spec = new AgentSessionSpec
            {
                Image = "registry.example.com/a:1",
                Agent = new AgentSpec { Command = ["a"] },
                NodeName = "node-1",
                Workspace = new WorkspaceSpec { Git = new GitWorkspace(), MountPath = "/src" },
            },
        };
        var run = new AgentRunSpec
        {
            Prompt = "hi",
            SessionRef = new SessionReference { Name = "talk" },
        };

        var merged = SessionSpecs.Merge(run, session);
        var own = SessionSpecs.Merge(run with { Agent = new AgentSpec { Command = ["b"] } }, session);
        var later = SessionSpecs.Merge(
            run,
            session with
            {
                Status = new AgentSessionStatus { Turns = 1, NodeName = "node-2" },
            }
        );

        Assert.True(merged.SessionMerged);
        Assert.Equal(("registry.example.com/a:1", "a", "node-1"), (merged.Image, merged.Agent?.Command?[0], merged.NodeName));
        Assert.Equal("b", own.Agent?.Command?[0]);
        Assert.NotNull(merged.Workspace?.Git);
        // The repository is cloned only once, and the data of the session stays on its node.
        Assert.Equal(("node-2", "/src", null), (later.NodeName, later.Workspace?.MountPath, later.Workspace?.Git));
    }

    [Fact]
    public void Merge_RunThatSetsAFieldOfItsSession_IsUnchanged()
    {
        var run = new AgentRunSpec
        {
            Prompt = "hi",
            SessionRef = new SessionReference { Name = "talk" },
            Image = "registry.example.com/b:1",
        };

        var merged = SessionSpecs.Merge(run, new AgentSession { Spec = new AgentSessionSpec { Image = "registry.example.com/a:1" } });

        Assert.Same(run, merged);
        Assert.Equal("spec.sessionRef", Assert.Single(AgentRunValidator.Validate(merged)).Field);
    }
}
