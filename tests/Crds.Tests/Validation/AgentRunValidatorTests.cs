using System.Text.Json;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Tests.Cases;
using Stromboli.Crds.Validation;

namespace Stromboli.Crds.Tests.Validation;

public sealed class AgentRunValidatorTests
{
    public static TheoryData<string> Names => [.. SpecCase.ForCode().Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Validate_RowOfTheTable_RefusesTheFieldsOfTheRow(string name)
    {
        var row = SpecCase.ForCode().Single(row => row.Name == name);
        var errors = AgentRunValidator.Validate(row.Spec.Deserialize(CrdsJson.Default.AgentRunSpec));

        Assert.Equal(row.Refused.Order(StringComparer.Ordinal), errors.Select(error => error.Field).Order(StringComparer.Ordinal));
        if (row.Says is { } says)
        {
            Assert.All(errors, error => Assert.Contains(says, error.Message));
        }
    }

    [Fact]
    public void Validate_NoSpec_IsRequired() =>
        Assert.Equal("spec is required", Assert.Single(AgentRunValidator.Validate(null)).ToString());

    [Fact]
    public void Validate_TooManyOfEverything_IsRefused()
    {
        var errors = AgentRunValidator.Validate(
            new AgentRunSpec
            {
                Prompt = "hi",
                Agent = new AgentSpec { Command = [.. Enumerable.Repeat("x", RunLimits.Arguments + 1)] },
                Env = [.. Enumerable.Range(0, RunLimits.Variables + 1).Select(i => new EnvVar { Name = $"A{i}" })],
                NodeSelector = Enumerable.Range(0, RunLimits.Selectors + 1).ToDictionary(i => $"a{i}", _ => "x"),
            }
        );

        Assert.Equal(["spec.agent.command", "spec.env", "spec.nodeSelector"], errors.Select(error => error.Field));
    }
}
