using System.Diagnostics;
using System.Text;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class StopTests
{
    private const string Trap = "trap 'echo caught; exit 8' TERM; echo ready; while :; do sleep 0.02; done";

    [Fact]
    public async Task Stop_AgentThatObeys_EndsItsOwnWay()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell(Trap));
        await ReadyAsync(container);
        await bridge.SendStopAsync(10_000);
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();

        Assert.Equal(8, code);
        Assert.Equal("stop", exited.Json.GetProperty("by").GetString());
        Assert.Equal("ready\ncaught\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Stop_TreeThatIgnoresTerm_IsKilledAfterTheGrace()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("stubborn-tree", "20"));
        await Deadline.UntilAsync(() => container.Processes().Count == 22, "the tree");
        var watch = Stopwatch.StartNew();
        await bridge.SendStopAsync(300);
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(290), TimeSpan.FromSeconds(5));
        Assert.Equal(9, exited.Json.GetProperty("signal").GetInt32());
        Assert.Equal("SIGKILL", exited.Json.GetProperty("signalName").GetString());
        Assert.Equal("stop", exited.Json.GetProperty("by").GetString());
        Assert.Equal(128 + 9, await container.ExitAsync());
    }

    [Fact]
    public async Task Stop_Again_ShortensButNeverLengthens()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("stubborn-tree", "2"));
        await ReadyAsync(container);
        var watch = Stopwatch.StartNew();
        await bridge.SendStopAsync(60_000);
        await bridge.SendStopAsync(400);
        await bridge.SendStopAsync(60_000);
        await bridge.ExpectAsync(FrameType.Exited);

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(390), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Stop_StoppedProcesses_AreWokenForTheSignal()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("stopped-tree"));
        await ReadyAsync(container);
        await bridge.SendStopAsync(60_000);
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal("SIGTERM", exited.Json.GetProperty("signalName").GetString());
    }

    [Fact]
    public async Task Stop_BeforeGo_EndsTheShim()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendStopAsync(1000);
        var failed = await bridge.ExpectAsync(FrameType.Failed);

        Assert.Equal("stop", failed.Json.GetProperty("step").GetString());
        Assert.Equal(125, await container.ExitAsync());
    }

    [Fact]
    public async Task Agent_KilledByAnotherProcess_IsNotAStop()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("sh -c 'echo partial; kill -9 $PPID; sleep 60'"));
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();

        Assert.Equal("SIGKILL", exited.Json.GetProperty("signalName").GetString());
        Assert.Equal("agent", exited.Json.GetProperty("by").GetString());
        Assert.Equal("partial\n", Encoding.UTF8.GetString(log.Stdout));
        Assert.Equal(137, code);
    }

    [Fact]
    public async Task Agent_ThatExitsWith137_WasNotKilled()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("exit 137"));
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal(137, exited.Json.GetProperty("code").GetInt32());
        Assert.False(exited.Json.TryGetProperty("signal", out _));
    }

    [Fact]
    public async Task Agent_ThatLeavesProcessesBehind_EndsThemToo()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("/opt/stromboli/attacker stubborn-tree 5 & sleep 0.2; exit 0"));
        var watch = Stopwatch.StartNew();
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal(0, exited.Json.GetProperty("code").GetInt32());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.Equal(0, await container.ExitAsync());
    }

    [Theory]
    [InlineData("-TERM")]
    [InlineData("-INT")]
    public async Task Signal_FromOutside_StopsWithTheGraceOfGo(string signal)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("stubborn-tree", "2") with { GraceMs = 200 });
        await ReadyAsync(container);
        await CommandAsync("kill", signal, $"{container.Pid}");
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal("stop", exited.Json.GetProperty("by").GetString());
        Assert.Equal("SIGKILL", exited.Json.GetProperty("signalName").GetString());
    }

    [Fact]
    public async Task Signal_FromInside_DoesNothing()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell(Trap));
        await ReadyAsync(container);
        // Without our filter and as root, as an exec by the engine can be.
        foreach (var signal in new[] { "-TERM", "-INT", "-HUP", "-USR1", "-SEGV", "-KILL", "-STOP", "-CHLD", "-PIPE", "-RTMIN" })
        {
            await CommandAsync("nsenter", "--target", $"{container.Pid}", "--pid", "--", "kill", signal, "1");
        }

        await CommandAsync("kill", "-HUP", $"{container.Pid}");
        await bridge.SendGoAsync(new Go());
        await bridge.ExpectAsync(FrameType.Started);
        Assert.False(container.LogSoFar().AsSpan().IndexOf("caught"u8) >= 0);
    }

    private static Task ReadyAsync(Container container) =>
        Deadline.UntilAsync(() => container.LogSoFar().AsSpan().IndexOf("oready\n"u8) >= 0, "the agent's ready");

    private static async Task CommandAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false })!;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
    }
}
