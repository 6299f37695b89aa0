using Stromboli.Crds.Runs;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>Only the gateway and the model have the key. Only the agent has variables, arguments and prompt.</summary>
public sealed class TraceTests(TraceScenario scenario) : ScenarioTests(scenario), IClassFixture<TraceScenario>
{
    [Fact]
    public void Key_OfTheRunsSecret_ArrivesAtTheModel()
    {
        Assert.NotEmpty(scenario.Credentials);
        Assert.All(scenario.Credentials, credential => Assert.Equal($$"""{"x-api-key":"{{scenario.Key}}"}""", credential));
    }

    [Fact]
    public void Key_InMemoryOfTheContainersProcesses_IsAbsent()
    {
        Assert.Empty(scenario.Memory.Key);
        // The search finds what exists.
        Assert.NotEmpty(scenario.Memory.Variable);
        Assert.Contains(scenario.Memory.Variable, place => place.StartsWith("claude", StringComparison.Ordinal));
    }

    [Fact]
    public void Key_InContainerNodeAndCluster_IsAbsent() => Assert.Empty(scenario.KeyPlaces);

    [Fact]
    public void VariablesArgumentsAndPrompt_OnDiskInLogsAndConfiguration_AreAbsent()
    {
        Assert.Empty(scenario.PrivatePlaces);
        // The hunt finds what exists: the CLI keeps its conversation in HOME.
        Assert.Contains(
            scenario.AgentsOwnPlaces,
            place => place.StartsWith("prompt: ", StringComparison.Ordinal) && place.EndsWith(".jsonl", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Variable_OfTheAgent_IsThere()
    {
        Assert.Equal(RunPhase.Succeeded, scenario.End.Phase);
        var digest = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(scenario.Private["variable"] + "\n"))
        );
        Assert.Equal(digest, scenario.End.Result?.Text?.TrimEnd());
    }

    [Fact]
    public void Bridge_ItsOwnUser_CannotReadItsMemory() => Assert.Equal("", scenario.BridgeFromOutside);

    [Fact]
    public void Bridge_LeavesNoCoreAndOffersNoDiagnostics()
    {
        Assert.Contains("DOTNET_EnableDiagnostics=0", scenario.BridgeProcess.Environment.Split('\0'));
        Assert.Matches(@"Max core file size\s+0\s+0\s", scenario.BridgeProcess.Limits);
    }
}
