using System.Globalization;
using Stromboli.Crds.Runs;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>How much a greedy agent gets of a node, and what is left for others meanwhile.</summary>
public sealed class ExhaustionTests(ExhaustionScenario scenario) : ScenarioTests(scenario), IClassFixture<ExhaustionScenario>
{
    private const long MiB = 1024 * 1024;

    [Fact]
    public void TemporaryFiles_AreBoundedInBytesAndInodes() =>
        Assert.Equal([$"bytes: {256 * MiB} then ENOSPC", "inodes: 65534 then ENOSPC"], scenario.Report.Lines("files"));

    [Fact]
    public void SharedMemory_IsBoundedInBytesAndInodes() =>
        Assert.Equal([$"bytes: {64 * MiB} then ENOSPC", "inodes: 4095 then ENOSPC"], scenario.Report.Lines("shared memory"));

    [Fact]
    public void Run_IsNotWritable() => Assert.Equal(["inodes: 0 then EACCES"], scenario.Report.Lines("run"));

    [Fact]
    public void Workspace_OfARunWithoutLimit_HasNone() =>
        Assert.Equal([$"bytes: {ExhaustionScenario.WorkspaceBytes} then end"], scenario.Report.Lines("workspace"));

    [Fact]
    public void Processes_AreBounded()
    {
        var (count, error) = Held(scenario.Report, "processes");
        Assert.InRange(count, 1, ExhaustionScenario.Processes);
        Assert.Equal("EAGAIN", error);
    }

    [Fact]
    public void Processes_OfANeighbour_StartWhileAnAgentForksAtItsLimit() =>
        Assert.Equal(["forked: 200"], scenario.Neighbour.Lines("forks"));

    [Fact]
    public void QueuedSignals_AreBounded_AndEveryRunHasItsOwn()
    {
        Assert.Equal((1024, "EAGAIN"), Held(scenario.Report, "signals"));
        Assert.Equal((1024, "EAGAIN"), Held(scenario.Neighbour, "signals"));
    }

    [Fact]
    public void Descriptors_AreBounded_AndEveryRunHasItsOwn()
    {
        var (count, error) = Held(scenario.Report, "descriptors");
        Assert.Equal("EMFILE", error);
        Assert.Equal((count, error), Held(scenario.Neighbour, "descriptors"));
    }

    [Fact]
    public void GatewayConnections_HeldSlowly_AreBounded()
    {
        Assert.Equal(200, Held(scenario.Report, "held").Count);
        Assert.InRange(scenario.GatewayConnections, 1, 64);
    }

    [Fact]
    public void Memory_AboveTheLimit_EndsTheRunOrIsLabelledAsNotEnforced()
    {
        if (scenario.LimitsLabel == "enforced")
        {
            Assert.Equal(RunReason.OutOfMemory, scenario.Glutton.Reason);
            return;
        }

        Assert.Equal("unenforced", scenario.LimitsLabel);
        Assert.Equal(RunReason.Completed, scenario.Glutton.Reason);
    }

    [Fact]
    public void OtherRun_Meanwhile_ReachesItsModelAndSucceeds()
    {
        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (scenario.Claude.Phase, scenario.Claude.Reason));
        Assert.Equal("alive", scenario.Claude.Result?.Text?.TrimEnd());
    }

    [Fact]
    public void Bridge_IsTheSameProcess_AndReportsTheHogsEnd()
    {
        Assert.Equal(scenario.Bridge.Before, scenario.Bridge.After);
        Assert.Equal(RunReason.Completed, scenario.HogsEnd.Reason);
    }

    // "NAME: COUNT then ERROR".
    private static (int Count, string Error) Held(AgentReport report, string name)
    {
        var words = report.Results("held")[name].Split(' ');
        return (int.Parse(words[0], CultureInfo.InvariantCulture), words[^1]);
    }
}
