using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class HookTests
{
    [Fact]
    public async Task Hooks_BeforeTheAgent_RunInOrderAsTheAgentWould()
    {
        await using var container = await Container.StartAsync();
        var go = Go.Shell("cat; cat order") with
        {
            Environment = ["PATH=/usr/bin:/bin", "COLOUR=red"],
            Workdir = "/tmp/made/for/it",
            Stdin = ["the prompt\n"u8.ToArray()],
        };
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(
            go.After("echo $COLOUR; echo 1 >> order; cat", "pwd >&2; echo 2 >> order; export COLOUR=blue", "echo $COLOUR; echo 3 >> order")
        );
        var started = await bridge.ExpectAsync(FrameType.Started);
        await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();

        Assert.Equal(0, code);
        Assert.Equal("the prompt\n1\n2\n3\n", Encoding.UTF8.GetString(log.Stdout));
        Assert.Equal("red\n/tmp/made/for/it\nred\n", Encoding.UTF8.GetString(log.Hooks));
        Assert.Equal(
            ["h[0]", "h[1]", "h[2]"],
            started.Json.GetProperty("hooks").EnumerateArray().Select(hook => hook.GetProperty("name").GetString())
        );
        Assert.Equal(
            [
                "hookStarted h[0]",
                "hookEnded h[0]",
                "hookStarted h[1]",
                "hookEnded h[1]",
                "hookStarted h[2]",
                "hookEnded h[2]",
                "started ",
                "exited ",
            ],
            log.Records.Select(record => $"{record.GetProperty("t")} {(record.TryGetProperty("name", out var name) ? name : "")}")
        );
        Assert.All(
            log.RecordsOf("hookEnded"),
            ended => Assert.Equal((0, "agent"), (ended.GetProperty("code").GetInt32(), ended.GetProperty("by").GetString()))
        );
    }

    [Fact]
    public async Task Hook_Output_ComesBetweenItsRecords()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(new Go().After("seq 8000", "echo second"));
        await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        var kinds = string.Concat(log.Lines.Select(line => char.ToLowerInvariant(line.Kind)));
        Assert.Matches("^rh+rrhrrr$", kinds);
        Assert.Equal(string.Concat(Enumerable.Range(1, 8000).Select(i => $"{i}\n")) + "second\n", Encoding.UTF8.GetString(log.Hooks));
    }

    [Theory]
    [InlineData("exit 3", 3, null)]
    [InlineData("kill -SEGV $$", null, "SIGSEGV")]
    [InlineData("-x", 127, null)]
    [InlineData("no-such-program", 127, null)]
    public async Task Hook_ThatFails_EndsEverything(string command, int? code, string? signal)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(Go.Shell("echo never").After("echo first", command, "echo third"));
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (exit, log) = await container.EndAsync();

        Assert.Equal("h[1]", exited.Json.GetProperty("hook").GetString());
        Assert.Equal("agent", exited.Json.GetProperty("by").GetString());
        Assert.Equal((code, signal), Ending(exited.Json));
        Assert.Equal((code, signal), Ending(log.RecordsOf("hookEnded").Last()));
        Assert.Equal(code ?? 128 + 11, exit);
        Assert.Empty(log.RecordsOf("started"));
        Assert.Empty(log.Stdout);
        Assert.DoesNotContain("third", Encoding.UTF8.GetString(log.Hooks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hook_ProcessLeftRunning_LivesBesideTheAgent()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        var watch = Stopwatch.StartNew();
        await bridge.SendGoAsync(
            Go.Shell("until [ -e /tmp/served ]; do sleep 0.02; done; pgrep -fx 'sleep 4321'")
                .After("sleep 4321 & (while :; do echo serving; sleep 0.05; : > /tmp/served; done) & echo begun")
        );
        await bridge.ExpectAsync(FrameType.Started);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();

        Assert.Equal(0, code);
        Assert.False(exited.Json.TryGetProperty("hook", out _));
        Assert.Contains("begun\n", Encoding.UTF8.GetString(log.Hooks), StringComparison.Ordinal);
        Assert.Contains("serving\n", Encoding.UTF8.GetString(log.Hooks), StringComparison.Ordinal);
        Assert.Matches("^[0-9]+\n$", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Hooks_PastTheirTimeLimit_AreStoppedTogether()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        var watch = Stopwatch.StartNew();
        await bridge.SendGoAsync(
            Go.Shell("echo never").After("sleep 0.3", "trap 'echo heard' TERM; sleep 600 & while :; do sleep 0.02; done") with
            {
                HooksMs = 600,
                GraceMs = 300,
            }
        );
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(890), TimeSpan.FromSeconds(5));
        Assert.Equal(("h[1]", "hooks", "SIGKILL"), (Text(exited.Json, "hook"), Text(exited.Json, "by"), Text(exited.Json, "signalName")));
        Assert.EndsWith("heard\n", Encoding.UTF8.GetString(log.Hooks), StringComparison.Ordinal);
        Assert.Equal(128 + 9, code);
        Assert.Empty(log.RecordsOf("started"));
    }

    [Fact]
    public async Task Hooks_TimeLimit_DoesNotBoundTheAgent()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("sleep 1").After("true") with { HooksMs = 500 });
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal(0, exited.Json.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Hook_ThatSucceedsAfterItsTimeLimit_HasFailed()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(
            Go.Shell("echo never").After("trap 'exit 0' TERM; while :; do sleep 0.02; done") with
            {
                HooksMs = 300,
                GraceMs = 10_000,
            }
        );
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        await container.EndAsync();

        Assert.Equal(("h[0]", "hooks"), (Text(exited.Json, "hook"), Text(exited.Json, "by")));
        Assert.Equal(0, exited.Json.GetProperty("code").GetInt32());
    }

    [Fact]
    public async Task Stop_DuringAHook_EndsItAndAllItStarted()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(Go.Shell("echo never").After("setsid sleep 600 & echo ready; sleep 600"));
        await Deadline.UntilAsync(() => container.LogSoFar().AsSpan().IndexOf("hready\n"u8) >= 0, "the hook's ready");
        var watch = Stopwatch.StartNew();
        await bridge.SendStopAsync(200);
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(2));
        Assert.Equal(("h[0]", "stop"), (Text(exited.Json, "hook"), Text(exited.Json, "by")));
        Assert.Equal("stop", Text(log.RecordsOf("hookEnded").Single(), "by"));
    }

    [Fact]
    public async Task Lease_OverDuringAHook_EndsIt()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(new Go { LeaseMs = 400 }.After("sleep 600"));
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal(("h[0]", "lease"), (Text(exited.Json, "hook"), Text(exited.Json, "by")));
    }

    [Fact]
    public async Task Reconnect_DuringAHook_ReportsItAndStartsNothingTwice()
    {
        await using var container = await Container.StartAsync();
        var go = Go.Shell("cat /tmp/count").After("echo once >> /tmp/count; echo ready; until [ -e /tmp/go ]; do sleep 0.02; done", "true");
        using (var first = await container.ConnectAsync())
        {
            await first.SendGoAsync(go);
            await Deadline.UntilAsync(() => container.LogSoFar().AsSpan().IndexOf("hready\n"u8) >= 0, "the hook's ready");
        }

        using var second = await container.Bridge.AcceptAsync();
        var hello = await second.ExpectAsync(FrameType.Hello);
        Assert.Equal("hooks", Text(hello.Json, "state"));
        await second.SendGoAsync(go with { Hooks = [("h[0]", "true")] });
        await File.WriteAllTextAsync(await RootOfAsync(container, "tmp/go"), "", TestContext.Current.CancellationToken);
        var started = await second.ExpectAsync(FrameType.Started);
        await second.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        Assert.Equal(2, started.Json.GetProperty("hooks").GetArrayLength());
        Assert.Equal("once\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Reconnect_AfterHooks_ReportsThemInItsRecord()
    {
        await using var container = await Container.StartAsync();
        using (await container.RunAsync(Go.Shell("sleep 600").After("true"))) { }

        using var second = await container.Bridge.AcceptAsync();
        var hello = await second.ExpectAsync(FrameType.Hello);

        Assert.Equal("running", Text(hello.Json, "state"));
        Assert.Equal("h[0]", Text(hello.Json.GetProperty("record").GetProperty("hooks")[0], "name"));
    }

    [Fact]
    public async Task Agent_ThatCannotBeStarted_FailsAfterTheOutputOfItsHooks()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(new Go { Argv = ["/no/such/agent"] }.After("(while :; do echo noise; done) & echo prepared"));
        var failed = await bridge.ExpectAsync(FrameType.Failed);
        var (code, log) = await container.EndAsync();

        Assert.Equal(125, code);
        Assert.Equal("exec", Text(failed.Json, "step"));
        Assert.False(failed.Json.TryGetProperty("hook", out _));
        Assert.Contains("prepared\n", Encoding.UTF8.GetString(log.Hooks), StringComparison.Ordinal);
        Assert.Equal("failed", Text(log.Last, "t"));
    }

    [Fact]
    public async Task Hook_WithoutAWorkingDirectory_NamesTheStep()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync((new Go() with { Workdir = "/opt/cannot/be" }).After("true"));
        var failed = await bridge.ExpectAsync(FrameType.Failed);

        Assert.Equal(("workdir", "h[0]"), (Text(failed.Json, "step"), Text(failed.Json, "hook")));
    }

    [Fact]
    public async Task Hook_ThatForgesRecords_PrintsThem()
    {
        await using var container = await Container.StartAsync();
        const string Forged = "r{\"t\":\"hookEnded\",\"name\":\"h[0]\",\"code\":0,\"by\":\"agent\",\"ms\":1}";
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(
            new Go().After($"printf '\\n%s\\n\\0\\r\\n%s' '{Forged}' '{Forged}'; printf '\\n%s\\n' '{Forged}' >&2; exit 9")
        );
        await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        Assert.Equal(["hookStarted", "hookEnded", "exited"], log.Records.Select(record => Text(record, "t")));
        Assert.Equal(9, log.RecordsOf("hookEnded").Single().GetProperty("code").GetInt32());
        Assert.Equal($"\n{Forged}\n\0\r\n{Forged}\n{Forged}\n", Encoding.UTF8.GetString(log.Hooks));
    }

    [Fact]
    public async Task Hooks_ThatFloodTheLog_AreTruncatedAndLeaveTheAgentItsTail()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell("echo the result").After("yes | head -c 3000000; echo the end") with
            {
                LogBytes = 64 * 1024,
            }
        );
        var exited = await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();

        Assert.True(exited.Json.GetProperty("truncated").GetBoolean());
        Assert.InRange(log.Hooks.Length, 1024, 64 * 1024);
        Assert.EndsWith("the end\n", Encoding.UTF8.GetString(log.Hooks), StringComparison.Ordinal);
        Assert.Equal("the result\n", Encoding.UTF8.GetString(log.Stdout));
        Assert.Equal("hooks", Text(log.RecordsOf("truncated").Single(), "stream"));
        Assert.Equal(11, exited.Json.GetProperty("stdoutBytes").GetInt64());
    }

    [Fact]
    public async Task Hooks_OfTheLargestNumberAndLength_AllRun()
    {
        await using var container = await Container.StartAsync();
        var name = new string('n', 28);
        var go = new Go() with
        {
            HooksMs = 60_000,
            Hooks = [.. Enumerable.Range(0, 48).Select(i => ($"{name}[{i % 10}]", $"true {new string('x', 16_000)}"))],
        };
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(go);
        var started = await bridge.ExpectAsync(FrameType.Started);
        await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();

        Assert.Equal(0, code);
        Assert.Equal(48, started.Json.GetProperty("hooks").GetArrayLength());
        Assert.Equal(48, log.RecordsOf("hookEnded").Count());
    }

    [Fact]
    public async Task Hooks_WhileNobodyReadsTheLog_LoseNoRecord()
    {
        await using var container = await Container.StartAsync(readLog: false);
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(new Go().After(["yes | head -c 100000 & yes | head -c 500000 & true", .. Enumerable.Repeat("true", 47)]));
        await bridge.ExpectAsync(FrameType.Started);
        var (code, log) = await container.EndAsync();

        Assert.Equal(0, code);
        Assert.Equal(48, log.RecordsOf("hookEnded").Count());
        Assert.Equal("exited", Text(log.Last, "t"));
    }

    [Fact]
    public async Task Hook_ThatAttacksTheShim_IsConfinedAsTheAgentIs()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(
            Go.Shell("cat /proc/self/oom_score_adj; ulimit -Sn")
                .After(
                    "kill -9 1; kill -STOP 1; true",
                    "cat /proc/self/oom_score_adj; ulimit -Sn; ls /proc/self/fd | wc -l; cat /proc/1/environ" + " 2>/dev/null; true"
                )
        );
        await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();

        Assert.Equal(0, code);
        Assert.Equal("1000\n512\n", Encoding.UTF8.GetString(log.Stdout));
        // The descriptors of ls: stdin, stdout, stderr and the directory that it reads.
        Assert.EndsWith("1000\n512\n4\n", Encoding.UTF8.GetString(log.Hooks), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(BadGos))]
    public async Task Go_WithBadHooks_IsRefused(string what, byte[] field)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(new Go() with { HooksMs = what == "no time" ? null : 1000, Extra = [(9, field)] });
        var failed = await bridge.ExpectAsync(FrameType.Failed);

        Assert.Equal("go", Text(failed.Json, "step"));
        Assert.Equal(125, await container.ExitAsync());
    }

    public static TheoryData<string, byte[]> BadGos =>
        new()
        {
            { "no time", "h[0]=true"u8.ToArray() },
            { "NUL in command", "h[0]=true\0false"u8.ToArray() },
            { "NUL in name", "h\0[0]=true"u8.ToArray() },
            { "no name", "=true"u8.ToArray() },
            { "no command", "h[0]="u8.ToArray() },
            { "no equals", "h[0]"u8.ToArray() },
            { "empty", [] },
            { "a quote in the name", "h\"[0]=true"u8.ToArray() },
            { "a long name", Encoding.UTF8.GetBytes(new string('n', 32) + "=true") },
        };

    [Fact]
    public async Task Go_WithTooManyHooks_IsRefused()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        await bridge.SendGoAsync(new Go().After([.. Enumerable.Repeat("true", 49)]));
        var failed = await bridge.ExpectAsync(FrameType.Failed);

        Assert.Equal("more than 48 hooks", Text(failed.Json, "message"));
    }

    private static (int? Code, string? Signal) Ending(JsonElement record) =>
        (
            record.TryGetProperty("code", out var code) ? code.GetInt32() : null,
            record.TryGetProperty("signalName", out var signal) ? signal.GetString() : null
        );

    private static string? Text(JsonElement json, string member) => json.GetProperty(member).GetString();

    // Reads a file of the container through one of its processes that runs as the agent.
    private static async Task<string> RootOfAsync(Container container, string path)
    {
        await Deadline.UntilAsync(() => container.Processes().Any(pid => pid != container.Pid), "a process beside the shim");
        return $"/proc/{container.Pid}/root/{path}";
    }
}
