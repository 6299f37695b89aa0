using System.Text.Json.Nodes;
using Stromboli.Cli.Commands;
using Stromboli.Cli.Output;
using Stromboli.Cli.Tests.Harness;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Cli.Tests.Commands;

public sealed class RunCommandTests
{
    [Fact]
    public async Task Run_DryRunOfAPrompt_PrintsTheObjectAndSendsNothing()
    {
        string[] args =
        [
            "run",
            "fix it",
            "--dry-run=client",
            "-o",
            "yaml",
            "--image",
            "registry.test/a:1",
            "--model",
            "m",
            "--permission-mode",
            "plan",
            "--git",
            "https://git.test/a.git",
            "--branch",
            "main",
            "--env",
            "A=1",
            "--env",
            "B=x=y",
        ];

        var run = await CliRun.OfAsync(args, new Uri("http://127.0.0.1:9"));

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              generateName: run-
            spec:
              prompt: fix it
              image: "registry.test/a:1"
              agent:
                claude:
                  model: m
                  permissionMode: plan
              workspace:
                git:
                  url: "https://git.test/a.git"
                  ref: main
              env:
              - name: A
                value: "1"
              - name: B
                value: "x=y"

            """.ReplaceLineEndings("\n"),
            run.Out
        );
    }

    [Fact]
    public async Task Run_File_ReachesTheServerAsWritten()
    {
        await using var server = await FakeApiServer.StartAsync();
        const string File = """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata: {name: hello}
            spec: {prompt: x, fieldOfTomorrow: {a: [1]}}
            """;

        var run = await CliRun.OfAsync(["run", "-f", "-", "--env", "A=b", "-o", "name"], server.Address, File);

        Assert.Equal((0, "agentrun.stromboli.dev/hello\n", ""), (run.ExitCode, run.Out, run.Error));
        var request = server.Requests.Single();
        Assert.Contains("fieldValidation=Strict", request.Query, StringComparison.Ordinal);
        Assert.Equal(
            """{"prompt":"x","fieldOfTomorrow":{"a":[1]},"env":[{"name":"A","value":"b"}]}""",
            JsonNode.Parse(request.Body)!["spec"]!.ToJsonString()
        );
    }

    [Theory]
    [InlineData("kind: Secret\napiVersion: v1\n")]
    [InlineData("kind: AgentRun\napiVersion: other.dev/v1\n")]
    [InlineData("apiVersion: stromboli.dev/v1alpha1\nkind: AgentRun\n---\napiVersion: stromboli.dev/v1alpha1\nkind: AgentRun\n")]
    public async Task Run_OtherFiles_AreRefused(string file)
    {
        var run = await CliRun.OfAsync(["run", "-f", "-"], new Uri("http://127.0.0.1:9"), file);

        Assert.Equal(ExitCodes.Error, run.ExitCode);
        Assert.Contains("exactly one AgentRun", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"phase":"Succeeded","duration":"12s","usage":{"costUSD":"0.03","turns":4},"result":{"text":"done\u001b[2J"}}""",
        0,
        "succeeded in 12s, $0.03, 4 turns"
    )]
    [InlineData("""{"phase":"Failed","reason":"AgentError","message":"It broke."}""", 3, "failed (AgentError): It broke.")]
    [InlineData("""{"phase":"Cancelled","reason":"Cancelled"}""", 4, "was cancelled")]
    public async Task Run_Wait_EndsWithTheOutcome(string status, int code, string sentence)
    {
        await using var server = await FakeApiServer.StartAsync();

        var waiting = CliRun.OfAsync(["run", "do it", "--name", "hello", "--wait"], server.Address);
        await Eventually.True(() => server.OpenWatches == 1);
        RunObjects.SetStatus(server, "hello", """{"phase":"Queued","reason":"Queued","queuePosition":3}""");
        // The watch may end at any time, and an outage is no end of the run.
        server.EndWatches();
        RunObjects.SetStatus(server, "hello", status);
        var run = await waiting;

        Assert.Equal(code, run.ExitCode);
        Assert.Contains("agentrun.stromboli.dev/hello created", run.Error, StringComparison.Ordinal);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
        Assert.Equal(code == 0 ? "done�[2J\n" : "", run.Out);
    }

    [Fact]
    public async Task Run_DeletedWhileWaiting_OutcomeIsUnknown()
    {
        await using var server = await FakeApiServer.StartAsync();

        var waiting = CliRun.OfAsync(["run", "do it", "--name", "hello", "--wait"], server.Address);
        await Eventually.True(() => server.OpenWatches == 1);
        server.Objects.Delete(RunObjects.PathOf("hello"));
        var run = await waiting;

        Assert.Equal(ExitCodes.OutcomeUnknown, run.ExitCode);
        Assert.Contains("was deleted", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WaitTimeout_OutcomeIsUnknownAndTheRunGoesOn()
    {
        await using var server = await FakeApiServer.StartAsync();

        var run = await CliRun.OfAsync(["run", "do it", "--name", "hello", "--wait", "--wait-timeout", "50ms"], server.Address);

        Assert.Equal(ExitCodes.OutcomeUnknown, run.ExitCode);
        Assert.Contains("logs -f hello -n team", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Interrupted_SaysHowToGoOn()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var interrupt = new CancellationTokenSource();

        var waiting = CliRun.OfAsync(["run", "do it", "--name", "hello", "--wait"], server.Address, cancellationToken: interrupt.Token);
        await Eventually.True(() => server.OpenWatches == 1);
        await interrupt.CancelAsync();
        var run = await waiting;

        Assert.Equal(ExitCodes.Interrupted, run.ExitCode);
        Assert.Contains("kubectl stromboli logs -f hello -n team", run.Error, StringComparison.Ordinal);
        Assert.Contains("kubectl stromboli cancel hello -n team", run.Error, StringComparison.Ordinal);
        Assert.NotNull(server.Objects.Get("apis/stromboli.dev/v1alpha1/agentruns", "team", "hello"));
    }

    [Fact]
    public void RetryCopy_OldRun_KeepsSpecAndLabelsOnly()
    {
        var old = JsonNode.Parse(
            """
            {"metadata":{"name":"hello-retry-ab12c","namespace":"team","uid":"u","resourceVersion":"1",
              "labels":{"team":"web","stromboli.dev/node":"n"},"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"x"}},
             "spec":{"prompt":"p","cancel":true,"suspend":true,"fieldOfTomorrow":1},"status":{"phase":"Failed"}}
            """
        )!;

        var copy = RetryCommand.Copy(old.AsObject(), name: null);

        Assert.Equal(
            """{"apiVersion":"stromboli.dev/v1alpha1","kind":"AgentRun","metadata":{"namespace":"team","generateName":"hello-retry-","annotations":{"stromboli.dev/retry-of":"hello-retry-ab12c"},"labels":{"team":"web"}},"spec":{"prompt":"p","fieldOfTomorrow":1}}""",
            copy.ToJsonString()
        );
    }
}
