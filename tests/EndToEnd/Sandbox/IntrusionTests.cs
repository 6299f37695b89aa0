using System.Globalization;
using Stromboli.Crds.Runs;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>The results of a hostile agent's attacks.</summary>
public sealed class IntrusionTests(IntrusionScenario scenario) : ScenarioTests(scenario), IClassFixture<IntrusionScenario>
{
    private static readonly string[] Refusals = ["EPERM", "EACCES", "ENOSYS", "EROFS", "EXDEV", "ESRCH", "EINVAL", "ENOENT", "EADDRINUSE"];

    [Theory]
    [InlineData("system calls", 44)]
    [InlineData("proc", 31)]
    public void FirstProcess_AnyAttempt_IsRefused(string section, int attempts)
    {
        var results = scenario.Report.Results(section);
        Assert.Equal(attempts, results.Count);
        Assert.All(results, result => Assert.Contains(result.Value, Refusals));
    }

    [Fact]
    public void FirstProcess_AfterAllAttempts_HasItsLimitsAndPrioritiesStill() =>
        Assert.Equal(scenario.FirstProcess.Before, scenario.FirstProcess.After);

    [Fact]
    public void RunDirectory_AnyChange_IsRefused()
    {
        var results = scenario.Report.Results("run directory");
        Assert.Equal(17, results.Count);
        // It may connect, and the connection is closed.
        Assert.Equal(["connect", "heard"], results.Where(result => !Refusals.Contains(result.Value)).Select(result => result.Key));
    }

    [Fact]
    public void RunDirectory_AfterAllAttempts_HasTheSameSocketsAndModes()
    {
        Assert.Equal(scenario.RunDirectory.Before, scenario.RunDirectory.After);
        var lines = scenario.RunDirectory.After.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["711 directory", "666 socket", "666 socket"],
            lines.Select(line => line.Split(' ', 5)).Select(fields => $"{fields[2]} {fields[4]}")
        );
        Assert.Equal(
            ["model.sock", "shim.sock"],
            lines.Skip(1).Select(line => Path.GetFileName(line.Split(' ')[0])).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void ControlSocket_EveryConnection_IsClosedAtOnceWithoutAMessage()
    {
        var results = scenario.Report.Results("calls");
        Assert.Equal($"{IntrusionScenario.Calls}", results["calls-closed"]);
        Assert.InRange(int.Parse(results["calls-slowest-ms"], CultureInfo.InvariantCulture), 0, 2000);
    }

    [Fact]
    public void ControlSocket_ManyConnections_FillNoLog()
    {
        var expected = $"is not the shim (pid {scenario.Attacker.FirstPid})";
        var lines = scenario
            .Attacker.Node.Node.Bridge.ReadLog()
            .Split('\n')
            .Count(line => line.Contains(expected, StringComparison.Ordinal));
        Assert.InRange(lines, 1, 10);
    }

    [Fact]
    public void End_ForgedOnTheControlSocket_StaysTheShimsOwn()
    {
        Assert.Equal((RunPhase.Failed, RunReason.AgentError), (scenario.AttackersEnd.Phase, scenario.AttackersEnd.Reason));
        Assert.Equal(IntrusionScenario.ExitCode, scenario.AttackersEnd.ExitCode);
        Assert.Null(scenario.AttackersEnd.Signal);
    }

    [Fact]
    public void ForeignCalls_EndTheProcess()
    {
        Assert.SkipUnless(
            System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "no x86_64"
        );
        Assert.Equal(["int80: SIGSYS", "x32: SIGSYS"], scenario.Report.Lines("foreign calls"));
    }

    [Fact]
    public void OwnProcesses_OrdinaryCalls_StillWork() =>
        Assert.All(scenario.Report.Results("own"), result => Assert.Equal("ok", result.Value));

    [Fact]
    public void Sockets_OfAllFamilies_AreOnlyUnixInetAndRoute() =>
        Assert.Equal(
            ["families: 1 2 10 16", "netlink: 0", "raw: EPERM", "raw6: EPERM", "ping: EACCES", "packet: ENOSYS", "vsock: ENOSYS"],
            scenario.Report.Lines("sockets")
        );

    [Fact]
    public void SharedResourcesWithoutALimit_AreUnavailable() =>
        Assert.Equal(
            [
                "io_setup: ENOSYS",
                "mq_open: ENOSYS",
                "huge-pages: ENOSYS",
                "socketpair-vsock: ENOSYS",
                "socketpair-tipc: ENOSYS",
                "socketpair: ok",
            ],
            scenario.Report.Lines("shared")
        );

    [Fact]
    public void Interfaces_AreOnlyLoopback_AndCannotBeChanged() =>
        Assert.Equal(["interfaces: lo", "interface-down: EPERM", "interface-address: EPERM"], scenario.Report.Lines("interfaces"));

    [Fact]
    public void Loopback_IsTheContainersOwn()
    {
        var results = scenario.Report.Results("loopback").Where(result => result.Key.StartsWith("tcp", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.Equal("ECONNREFUSED", result.Value));
    }

    [Fact]
    public void Network_AnyAddress_IsUnreachable()
    {
        var results = scenario.Report.Results("network");
        Assert.Equal(2 * (scenario.Addresses.Count + 4), results.Count);
        Assert.All(results, result => Assert.Equal("ENETUNREACH", result.Value));
    }

    [Fact]
    public void UnixSockets_OfNodeEngineAndNeighbour_AreUnreachable()
    {
        var results = scenario.Report.Results("unix");
        Assert.Equal(scenario.ForeignSockets.Count, results.Count);
        Assert.All(
            results,
            result => Assert.Equal(result.Key.StartsWith("unix @", StringComparison.Ordinal) ? "ECONNREFUSED" : "ENOENT", result.Value)
        );
        // The owner of the socket can reach it.
        Assert.Contains($"unix @neighbour-{scenario.Scene.Namespace}: ok", scenario.NeighboursEnd.Result?.Text);
    }

    [Fact]
    public void Files_OfTheNeighbour_AreInvisible() => Assert.Empty(scenario.Report.Lines("markers"));

    [Fact]
    public void Processes_OfTheNeighbourAndTheNode_AreInvisible() =>
        Assert.Equal(["sh", "shim"], scenario.Report.Lines("processes").Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Files_OfItsOwn_CannotBeGivenAway() => Assert.Empty(scenario.Report.Lines("given away"));

    [Fact]
    public void Users_OfTwoRuns_AreDifferentAndNeitherTheBridges()
    {
        var machine = scenario.Attacker.Node.Node.Machine;
        var (own, other) = scenario.Users;
        Assert.NotEqual(own, other);
        Assert.All([own, other], user => Assert.InRange(user, machine.FirstSubordinate, machine.FirstSubordinate + 65_535));
        Assert.All([own, other], user => Assert.NotEqual(machine.User, user));
    }

    [Fact]
    public void Neighbour_OfTheAttacker_FinishesUndisturbed() =>
        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (scenario.NeighboursEnd.Phase, scenario.NeighboursEnd.Reason));
}
