using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Tests.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>What a log in conmon's format says about hooks.</summary>
public sealed class AttemptLogHookTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public async Task ReadAsync_HooksThenAgent_HasBothApart()
    {
        using var log = await ReadAsync(
            """r{"t":"hookStarted","name":"onCreate[0]","pid":2}""",
            "hoh",
            "Hwithout an end",
            """r{"t":"hookEnded","name":"onCreate[0]","code":0,"by":"agent","ms":12}""",
            """r{"t":"started","pid":3,"hooks":[{"name":"onCreate[0]","ms":12}]}""",
            "oresult",
            "hstill here",
            """r{"t":"truncated","stream":"hooks","omitted":77}""",
            """r{"t":"exited","code":0,"by":"agent","stdoutBytes":7,"stderrBytes":0,"truncated":true}"""
        );

        Assert.True(log is { Began: true, Started: true, Complete: true, Exit.Hook: null });
        Assert.Equal(("result\n", 7L, false), (log.Output!.Text, log.Output.Bytes, log.Output.Truncated));
        Assert.Equal(
            new HookReport
            {
                Name = "onCreate[0]",
                Result = HookResult.Succeeded,
                ExitCode = 0,
                DurationMs = 12,
            },
            Assert.Single(log.Hooks!)
        );
    }

    [Theory]
    [InlineData("\"code\":3,\"by\":\"agent\"", HookResult.Failed, 3, null)]
    [InlineData("\"signal\":11,\"signalName\":\"SIGSEGV\",\"by\":\"agent\"", HookResult.Failed, null, "SIGSEGV")]
    [InlineData("\"signal\":9,\"signalName\":\"SIGKILL\",\"by\":\"hooks\"", HookResult.TimedOut, null, null)]
    [InlineData("\"code\":0,\"by\":\"hooks\"", HookResult.TimedOut, null, null)]
    [InlineData("\"code\":143,\"by\":\"stop\"", HookResult.Stopped, null, null)]
    [InlineData("\"code\":143,\"by\":\"lease\"", HookResult.Stopped, null, null)]
    public async Task ReadAsync_HookThatEndedAll_IsReportedAsItEnded(string ending, HookResult result, int? code, string? signal)
    {
        using var log = await ReadAsync(
            """r{"t":"hookStarted","name":"onCreate[0]","pid":2}""",
            $$"""r{"t":"hookEnded","name":"onCreate[0]",{{ending}},"ms":5}""",
            $$"""r{"t":"exited",{{ending}},"stdoutBytes":0,"stderrBytes":0,"truncated":false,"hook":"onCreate[0]"}"""
        );

        Assert.True(log is { Began: true, Started: false, Exit.Hook: "onCreate[0]", Output: null });
        Assert.Equal(
            new HookReport
            {
                Name = "onCreate[0]",
                Result = result,
                ExitCode = code,
                Signal = signal,
                DurationMs = 5,
            },
            Assert.Single(log.Hooks!)
        );
    }

    [Fact]
    public async Task ReadAsync_CutInAHook_HasBegun()
    {
        using var log = await ReadAsync("""r{"t":"hookStarted","name":"onCreate[0]","pid":2}""", "hoh");

        Assert.True(log is { Began: true, Started: false, Complete: false });
        Assert.Equal(HookResult.Stopped, Assert.Single(log.Hooks!).Result);
    }

    [Fact]
    public async Task ReadAsync_HookThatCouldNotBeStarted_Failed()
    {
        using var log = await ReadAsync(
            """r{"t":"failed","step":"exec","errno":2,"message":"No such file or directory","hook":"onCreate[0]"}"""
        );

        Assert.True(log is { Began: false, Complete: true, Failure.Hook: "onCreate[0]" });
        Assert.Equal(new HookReport { Name = "onCreate[0]", Result = HookResult.Failed }, Assert.Single(log.Hooks!));
    }

    private async Task<AttemptLog> ReadAsync(params string[] lines)
    {
        await File.WriteAllLinesAsync(
            _path,
            lines.Select(line => $"2026-01-02T03:04:05.000000006+00:00 stdout F {line}"),
            TestContext.Current.CancellationToken
        );
        return await Logs.ReadAsync(
            _path,
            SpecBuilder.Attempt() with
            {
                Claude = null,
                Command = ["sh"],
            },
            TestContext.Current.CancellationToken
        );
    }
}
