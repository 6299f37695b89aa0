using System.Globalization;
using System.Text;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

/// <summary>An agent with PID 1's uid attacks PID 1 in every way it can.</summary>
public sealed class AttackTests
{
    private const int Tries = 20;

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
    public async Task Pid1_AfterTheAttacks_KeepsItsLimitsAndPriorities()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell(
                "until test -e /opt/workspace/go; do sleep 0.02; done; cd /opt/stromboli; ./attacker init; ./attacker proc; echo ready; sleep 60"
            )
        );
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
        Assert.SkipUnless(
            System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64,
            "x86_64 only"
        );
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("foreign-calls"));
        var (_, log) = await container.EndAsync();
        var results = Results(log);

        Assert.Equal("SIGSYS", results["int80"]);
        Assert.Equal("EPERM", results["x32-kill"]);
    }

    [Fact]
    public async Task NextChild_StoppedBeforeItsExec_IsClosedToWhatAHookLeftRunning()
    {
        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        // A child that became the agent before it was stopped prints nothing.
        for (var i = 0; i < Tries && results.GetValueOrDefault("steps", "0") == "0"; i++)
        {
            await using var container = await Container.StartAsync();
            using var bridge = await container.RunAsync(
                SlowToStart("until [ -e attacked ]; do /bin/sleep 0.02; done; echo went on").After("/opt/stromboli/attacker next-child")
            );
            var (code, log) = await container.EndAsync();
            Assert.Equal((0, "went on\n"), (code, Encoding.UTF8.GetString(log.Stdout)));
            results = Results(log.Hooks);
        }

        Assert.NotEqual("0", results["steps"]);
        results.Remove("steps");
        Assert.Equal("T", results["stands"]);
        results.Remove("stands");
        Assert.Equal(10, results.Count);
        Assert.All(results, r => Assert.Contains(r.Value, Refusals));
    }

    [Fact]
    public async Task NextChild_BeforeItsExec_HasTheFilterAndNoDescriptorOfTheShims()
    {
        Child? seen = null;
        for (var i = 0; i < Tries && seen is null; i++)
        {
            await using var container = await Container.StartAsync();
            using var bridge = await container.ConnectAsync();
            await bridge.SendGoAsync(SlowToStart("exit 0") with { Relays = [(8080, "a.sock")] });
            var started = bridge.ExpectAsync(FrameType.Started);
            while (seen is null && !started.IsCompleted)
            {
                seen = container.Children().Select(LookBeforeExec).FirstOrDefault(child => child is not null);
            }

            await started;
        }

        // stdin, stdout, stderr, and the pipe for the report of a failed start.
        Assert.Equal(["0", "1", "2", "3"], seen!.Descriptors);
        Assert.All(seen.Targets, target => Assert.StartsWith("pipe:", target, StringComparison.Ordinal));
        Assert.Contains("Seccomp:\t2", seen.Status);
        Assert.Equal("1000", seen.OomScore);
    }

    [Fact]
    public async Task Pid1_OnceTheAgentRuns_IsNotKilledWhenMemoryRunsOut()
    {
        await using var container = await Container.StartAsync();
        var given = OomScore(container.Pid);
        using var bridge = await container.RunAsync(Go.Shell("sleep 60").After("true"));

        Assert.NotEqual("1000", given);
        Assert.Equal(given, OomScore(container.Pid));
        Assert.Equal("1000", OomScore(Assert.Single(container.Children())));
    }

    [Fact]
    public async Task RunDirectory_AnyChange_IsRefusedAndAConnectionIsNotTakenForTheShim()
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
        // End of file: the intruder was told nothing.
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
        using var bridge = await container.RunAsync(
            new Go
            {
                Argv =
                [
                    "sh",
                    "-c",
                    "printf '%s\\n' \"$0\"; printf '\\n%s\\n' \"$0\" >&2; printf 'x\\r%s' \"$0\"; sleep 0.05; printf '\\n%s' \"$0\"; exit 9",
                    forged,
                ],
            }
        );
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
    public async Task ForkBomb_WhileItGoesOn_TheShimReactsAndStopsIt()
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

    // The program is looked up in so many folders that exec takes a while.
    private static Go SlowToStart(string script) =>
        Go.Shell(script) with
        {
            Environment = ["PATH=" + string.Concat(Enumerable.Repeat("x:", 30_000)) + "/usr/bin:/bin"],
            Workdir = "/opt/workspace",
        };

    // Whether a child is in the agent's directory but still runs the shim's program. Null when it does not, or no longer does,
    // when all was read.
    private static Child? LookBeforeExec(int pid)
    {
        try
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/");
            if (new FileInfo(folder + "cwd").LinkTarget?.EndsWith("/opt/workspace", StringComparison.Ordinal) != true)
            {
                return null;
            }

            var descriptors = Directory.GetFileSystemEntries(folder + "fd").Order(StringComparer.Ordinal).ToList();
            var child = new Child(
                [.. descriptors.Select(Path.GetFileName).OfType<string>()],
                [.. descriptors.Select(descriptor => new FileInfo(descriptor).LinkTarget ?? "")],
                File.ReadAllLines(folder + "status"),
                OomScore(pid)
            );
            return new FileInfo(folder + "exe").LinkTarget == "/run/shim" ? child : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string OomScore(int pid) =>
        File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/oom_score_adj")).Trim();

    private static Dictionary<string, string> Results(Log log) => Results(log.Stdout);

    private static Dictionary<string, string> Results(byte[] output) =>
        Encoding
            .UTF8.GetString(output)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(": ", 2))
            .Where(parts => parts.Length == 2)
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    // Limits, nice value, policy and affinity of PID 1, as the host sees them.
    private static string StateOf(Container container)
    {
        var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{container.Pid}/stat")).Split(") ")[1].Split(' ');
        var affinity = File.ReadAllLines($"/proc/{container.Pid}/status")
            .Single(l => l.StartsWith("Cpus_allowed:", StringComparison.Ordinal));
        var oom = File.ReadAllText($"/proc/{container.Pid}/oom_score_adj");
        return string.Join('\n', [stat[15], stat[16], stat[38], affinity, oom, .. File.ReadAllLines($"/proc/{container.Pid}/limits")]);
    }

    private sealed record Child(
        IReadOnlyList<string> Descriptors,
        IReadOnlyList<string> Targets,
        IReadOnlyList<string> Status,
        string OomScore
    );
}
