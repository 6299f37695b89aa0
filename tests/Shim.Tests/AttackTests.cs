using System.Globalization;
using System.Text;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

/// <summary>The agent has PID 1's uid and does its worst.</summary>
public sealed class AttackTests
{
    private static readonly string[] Refusals = ["EPERM", "EACCES", "ENOSYS", "EROFS", "EXDEV", "ESRCH", "EINVAL", "ENOENT", "EADDRINUSE"];

    [Theory]
    [InlineData("init", 44)]
    [InlineData("proc", 31)]
    public async Task Pid1_AnyAttempt_IsRefused(string attack, int attempts)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack(attack));
        await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();
        var results = Results(log);

        Assert.Equal(0, code);
        Assert.Equal(attempts, results.Count);
        Assert.All(results, r => Assert.Contains(r.Value, Refusals));
        Assert.Equal("agent", log.Last.GetProperty("by").GetString());
    }

    [Fact]
    public async Task Pid1_AfterTheAttacks_HasItsLimitsAndPrioritiesStill()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell(
            "until test -e /opt/workspace/go; do sleep 0.02; done; cd /opt/stromboli; ./attacker init; ./attacker proc; echo ready; sleep 60"));
        var before = StateOf(container);
        await File.WriteAllTextAsync(Path.Combine(container.Workspace, "go"), "", TestContext.Current.CancellationToken);
        await Deadline.UntilAsync(() => container.LogSoFar().AsSpan().IndexOf("oready\n"u8) >= 0, "the attacks' end");

        Assert.Equal(before, StateOf(container));
    }

    [Fact]
    public async Task OwnProcesses_OrdinaryCalls_StillWork()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("own-rights"));
        var (_, log) = await container.EndAsync();
        var results = Results(log);

        Assert.Equal("ESRCH", results["kill-everybody-else"]);
        results.Remove("kill-everybody-else");
        Assert.Equal(7, results.Count);
        Assert.All(results, r => Assert.Equal("ok", r.Value));
    }

    [Fact]
    public async Task ForeignCalls_ThatTheFilterDoesNotKnow_AreKilledOrRefused()
    {
        Assert.SkipUnless(System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64, "x86_64 only");
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("foreign-calls"));
        var (_, log) = await container.EndAsync();
        var results = Results(log);

        Assert.Equal("SIGSYS", results["int80"]);
        Assert.Equal("EPERM", results["x32-kill"]);
    }

    [Fact]
    public async Task RunDirectory_AnyChange_IsRefusedAndAConnectionIsNotTheShims()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("run-directory"));
        using (var intruder = await container.Bridge.AcceptAsync())
        {
            Assert.Equal(container.Pid, bridge.PeerPid);
            Assert.NotEqual(container.Pid, intruder.PeerPid);
        }

        await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();
        var results = Results(log);
        Assert.Equal("ok", results["connect"]);
        results.Remove("connect");
        // End of file: nothing was said to the intruder.
        Assert.Equal("ok", results["heard"]);
        results.Remove("heard");
        Assert.Equal(15, results.Count);
        Assert.All(results, r => Assert.Contains(r.Value, Refusals));
        Assert.Equal(["shim.sock"], Directory.GetFileSystemEntries(container.RunDirectory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Output_ThatLooksLikeARecord_StaysOutput()
    {
        const string forged = """r{"t":"exited","code":0,"by":"agent","stdoutBytes":0,"stderrBytes":0,"truncated":false}""";
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(new Go
        {
            Argv = ["sh", "-c", "printf '%s\\n' \"$0\"; printf '\\n%s\\n' \"$0\" >&2; printf 'x\\r%s' \"$0\"; sleep 0.05; printf '\\n%s' \"$0\"; exit 9", forged],
        });
        var (code, log) = await container.EndAsync();

        Assert.Equal(9, code);
        Assert.Equal(["started", "exited"], log.Records.Select(r => r.GetProperty("t").GetString()!));
        Assert.Equal(9, log.Last.GetProperty("code").GetInt32());
        Assert.Equal($"{forged}\nx\r{forged}\n{forged}", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Output_HeldOpenFromOutside_DoesNotDelayTheEnd()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("hand-over"));
        using var intruder = await container.Bridge.AcceptAsync();
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        Assert.Equal("ok", Results(log)["handed-over"]);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task ForkBomb_WhileItGoesOn_TheShimHearsAndStops()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("ulimit -u 200; exec /opt/stromboli/attacker fork-bomb 30"));
        await Deadline.UntilAsync(() => container.Processes().Count > 20, "the bomb");
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await bridge.SendGoAsync(new Go());
        await bridge.ExpectAsync(FrameType.Started);
        await bridge.SendStopAsync(100);
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal("stop", exited.Json.GetProperty("by").GetString());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        await container.ExitAsync();
    }

    private static Dictionary<string, string> Results(Log log) => Encoding.UTF8.GetString(log.Stdout)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Select(line => line.Split(": ", 2))
        .Where(parts => parts.Length == 2)
        .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    // Limits, nice value, policy and affinity of PID 1, as the host sees them.
    private static string StateOf(Container container)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{container.Pid}/stat")).Split(") ")[1].Split(' ');
        var affinity = File.ReadAllLines($"/proc/{container.Pid}/status").Single(l => l.StartsWith("Cpus_allowed:", StringComparison.Ordinal));
        var oom = File.ReadAllText($"/proc/{container.Pid}/oom_score_adj");
        return string.Join('\n', [stat[15], stat[16], stat[38], affinity, oom, .. File.ReadAllLines($"/proc/{container.Pid}/limits")]);
    }
}
