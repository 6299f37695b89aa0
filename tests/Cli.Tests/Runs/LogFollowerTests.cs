using Microsoft.AspNetCore.Http;
using Stromboli.Cli.Tests.Harness;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Cli.Tests.Runs;

/// <summary>A follower sees every byte once, whatever happens to its connections, and ends only when the run has.</summary>
public sealed class LogFollowerTests
{
    private const string Running = """{"phase":"Running","attempt":1,"nodeName":"n"}""";
    private const string Log = "one\ntwo\nthree\nfour\nfive\n";

    [Fact]
    public async Task Follow_ConnectionsThatEndAndBreak_ResumesByOffsetUntilTheRunHasEnded()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "hello", Running);
        List<long> offsets = [];
        Answer(
            server,
            async (context, offset, number) =>
            {
                offsets.Add(offset);
                switch (number)
                {
                    case 1:
                        // Cut because it was silent: a clean end.
                        await WriteAsync(context, Log[..6]);
                        break;
                    case 2:
                        // How much of it arrives before the break is chance.
                        await WriteAsync(context, Log[6..10]);
                        context.Abort();
                        break;
                    case 3:
                        context.Response.StatusCode = 503;
                        await WriteAsync(context, "The node is away.");
                        break;
                    case 4:
                        await WriteAsync(context, Log[(int)offset..20]);
                        RunObjects.SetStatus(server, "hello", """{"phase":"Failed","reason":"AgentError","message":"no","attempt":1}""");
                        break;
                    default:
                        await WriteAsync(context, Log[(int)offset..]);
                        break;
                }
            }
        );

        var run = await CliRun.OfAsync(["logs", "-f", "hello"], server.Address);

        Assert.Equal(Log, run.Out);
        Assert.Equal([0, 6, 20, Log.Length], [.. offsets.Take(2), .. offsets.Skip(4)]);
        Assert.All(offsets.Skip(2).Take(2), offset => Assert.InRange(offset, 6, 10));
        Assert.Equal(3, run.ExitCode);
        Assert.Contains("waiting for the log: The node is away.", run.Error, StringComparison.Ordinal);
        Assert.Contains("hello failed (AgentError): no", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_Retries_PrintsEachAttempt()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "hello", Running);
        List<string?> attempts = [];
        Answer(
            server,
            async (context, offset, _) =>
            {
                var attempt = (string?)context.Request.Query["attempt"];
                attempts.Add(attempt);
                if (offset > 0)
                {
                    return;
                }

                await WriteAsync(context, $"log of {attempt}\n");
                RunObjects.SetStatus(
                    server,
                    "hello",
                    attempt == "1"
                        ? """{"phase":"Running","attempt":2,"nodeName":"other"}"""
                        : """{"phase":"Succeeded","attempt":2,"nodeName":"other"}"""
                );
            }
        );

        var run = await CliRun.OfAsync(["logs", "-f", "hello"], server.Address);

        Assert.Equal((0, "log of 1\nlog of 2\n"), (run.ExitCode, run.Out));
        Assert.Equal(["1", "1", "2", "2"], attempts);
        Assert.Contains("attempt 2 on other", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Follow_Tail_ShowsTheLastLinesAndThenWhatComes()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "hello", Running);
        Answer(
            server,
            async (context, offset, number) =>
            {
                if (number == 1)
                {
                    Assert.False(context.Request.Query.ContainsKey("follow"));
                    await WriteAsync(context, Log[..14]);
                    return;
                }

                await WriteAsync(context, Log[(int)offset..]);
                RunObjects.SetStatus(server, "hello", """{"phase":"Succeeded","attempt":1}""");
            }
        );

        var run = await CliRun.OfAsync(["logs", "-f", "--tail", "1", "hello"], server.Address);

        Assert.Equal((0, "three\nfour\nfive\n"), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task Follow_RunThatNeverStarted_EndsWithItsOutcome()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "hello", """{"phase":"Failed","reason":"InvalidSpec","message":"bad"}""");

        var run = await CliRun.OfAsync(["logs", "-f", "hello"], server.Address);

        Assert.Equal((3, ""), (run.ExitCode, run.Out));
    }

    [Fact]
    public async Task Follow_LogThatIsGone_IsAnError()
    {
        await using var server = await FakeApiServer.StartAsync();
        RunObjects.Add(server, "hello", """{"phase":"Succeeded","attempt":1}""");
        Answer(
            server,
            async (context, _, _) =>
            {
                context.Response.StatusCode = 404;
                await WriteAsync(context, "The log was removed after its TTL.");
            }
        );

        var run = await CliRun.OfAsync(["logs", "-f", "hello"], server.Address);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal(
            "Error from server (NotFound): The log was removed after its TTL.\n",
            run.Error[run.Error.LastIndexOf("Error", StringComparison.Ordinal)..]
        );
    }

    [Fact]
    public async Task Logs_WithoutFollow_PassesTheQueryOn()
    {
        await using var server = await FakeApiServer.StartAsync();
        string? query = null;
        Answer(
            server,
            async (context, _, _) =>
            {
                query = context.Request.QueryString.ToString();
                await WriteAsync(context, "a\e[2Jb\n");
            }
        );

        var run = await CliRun.OfAsync(
            ["logs", "hello", "--tail", "5", "--since", "1m30s", "--attempt", "2", "--format", "json"],
            server.Address
        );

        Assert.Equal((0, "a�[2Jb\n"), (run.ExitCode, run.Out));
        Assert.Equal("?format=json&attempt=2&tailLines=5&sinceSeconds=90", query);
    }

    private static void Answer(FakeApiServer server, Func<HttpContext, long, int, Task> answer)
    {
        var number = 0;
        server.Intercept = async (context, request) =>
        {
            if (request.Path != "/apis/streams.stromboli.dev/v1alpha1/namespaces/team/agentruns/hello/log")
            {
                return false;
            }

            var offset = long.TryParse(context.Request.Query["offset"], out var given) ? given : 0;
            await answer(context, offset, ++number);
            return true;
        };
    }

    private static async Task WriteAsync(HttpContext context, string text)
    {
        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }
}
