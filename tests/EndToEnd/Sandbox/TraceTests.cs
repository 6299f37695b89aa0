using Stromboli.Crds.Runs;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>The key is at the gateway and the model alone; variables, arguments and prompt are with the agent alone.</summary>
public sealed class TraceTests(TraceScenario scenario) : ScenarioTests(scenario), IClassFixture<TraceScenario>
{
    [Fact]
    public void Key_OfTheRunsSecret_ArrivesAtTheModelAlone()
    {
        Assert.NotEmpty(scenario.Credentials);
        Assert.All(scenario.Credentials, credential => Assert.Equal($$"""{"x-api-key":"{{scenario.Key}}"}""", credential));
    }

    [Fact]
    public void Key_MemoryOfEveryProcessOfTheContainer_HasItNot()
    {
        Assert.Empty(scenario.Memory.Key);
        // The search finds what is there.
        Assert.NotEmpty(scenario.Memory.Variable);
        Assert.Contains(scenario.Memory.Variable, place => place.StartsWith("claude", StringComparison.Ordinal));
    }

    [Fact]
    public void Key_ContainerNodeAndCluster_HaveItNowhere() => Assert.Empty(scenario.KeyPlaces);

    [Fact]
    public void VariablesArgumentsAndPrompt_NodesDiskLogsAndConfiguration_HaveThemNowhere()
    {
        Assert.Empty(scenario.PrivatePlaces);
        // The hunt finds what is there: the CLI keeps its conversation in HOME.
        Assert.Contains(
            scenario.AgentsOwnPlaces,
            place => place.StartsWith("prompt: ", StringComparison.Ordinal) && place.EndsWith(".jsonl", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Variable_Agent_HasIt()
    {
        Assert.Equal(RunPhase.Succeeded, scenario.End.Phase);
        var digest = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(scenario.Private["variable"] + "\n"))
        );
        Assert.Equal(digest, scenario.End.Result?.Text?.TrimEnd());
    }

    [Fact]
    public void Bridge_ItsOwnUser_CannotLookIntoIt() => Assert.Equal("", scenario.BridgeFromOutside);

    [Fact]
    public void Bridge_LeavesNoCoreAndOffersNoDiagnostics()
    {
        Assert.Contains("DOTNET_EnableDiagnostics=0", scenario.BridgeProcess.Environment.Split('\0'));
        Assert.Matches(@"Max core file size\s+0\s+0\s", scenario.BridgeProcess.Limits);
    }
}
