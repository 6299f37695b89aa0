using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.Testbed;
using Stromboli.Testbed.Registries;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>
/// <c>cancel: true</c> in every phase: the end is final, and nothing is spent after it. How long it takes is measured by the bench
/// (<c>cancel-latency</c>).
/// </summary>
public sealed class CancelPhasesTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Theory]
    [InlineData("suspended", RunReason.Suspended, "suspend: true")]
    [InlineData("without-secret", RunReason.SecretNotFound, "model: {credentialsSecretRef: {name: none}}")]
    [InlineData(
        "without-prompt",
        RunReason.ConfigMapNotFound,
        "env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: none, key: level}}}]"
    )]
    [InlineData("without-node", RunReason.NoNodeMatches, "nodeName: none")]
    public async Task Cancel_WhileItWaits_IsFinal(string name, RunReason reason, string field)
    {
        var scene = await OnSharedStackAsync();
        var prompt = scene.Unique("@say spent");
        var run = await scene.ApplyRunAsync(Document(name, prompt, field));
        await run.ReasonAsync(reason);

        await CancelAsync(scene, run);

        // The objects that it waited for come too late.
        await scene.PatchAsync(run, "spec: {suspend: false}");
        await scene.ApplyAsync(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: none, annotations: {stromboli.dev/use-as: model}}
            stringData: {api-key: a-key}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: none}
            data: {level: info}
            """
        );
        await AssertStaysAsync(scene, run);
        Assert.Null(run.Last.Status.Attempts);
        Assert.Empty(scene.ModelRequests(prompt));
    }

    [Fact]
    public async Task Cancel_SuspendedInBackoff_IsFinal()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            Document("backs-off", "@status 400", """retries: {limit: 3, reasons: [AgentError], backoff: 5s}""")
        );
        await run.ReasonAsync(RunReason.Backoff);
        await scene.PatchAsync(run, "spec: {suspend: true}");
        await run.ReasonAsync(RunReason.Suspended);

        await CancelAsync(scene, run);

        await scene.PatchAsync(run, "spec: {suspend: false}");
        await AssertStaysAsync(scene, run);
        Assert.Equal([RunReason.AgentError], run.Last.Status.Attempts!.Select(attempt => attempt.Reason));
    }

    [Fact]
    public async Task Cancel_InTheQueue_IsFinalAndStartsNothing()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Node = new() { MaxRuns = 1 } });
        var first = await scene.ApplyRunAsync(CountingAgent.Document(scene, "first", CountingAgent.UntilLetGo));
        await first.RunningAsync();
        var prompt = scene.Unique("@say spent");
        var run = await scene.ApplyRunAsync(Document("queued", prompt));
        var third = await scene.ApplyRunAsync(Document("third", "@say done"));
        await run.ReasonAsync(RunReason.Queued);
        Assert.Equal(2, (await third.ReasonAsync(RunReason.Queued)).Status.QueuePosition);

        await CancelAsync(scene, run);

        Assert.Null(run.Last.Status.QueuePosition);
        await CountingAgent.LetGoAsync(scene, first);
        Assert.Equal(RunPhase.Succeeded, (await third.EndAsync()).Phase);
        await AssertStaysAsync(scene, run);
        Assert.Null(run.Last.Status.Attempts);
        Assert.Empty(scene.ModelRequests(prompt));
    }

    [Fact]
    public async Task Cancel_WhileItsImageIsPulled_IsFinalAndStopsThePull()
    {
        var scene = await OnSharedStackAsync();
        // A registry that reads everything and answers nothing. It has a name that the node resolves to its own machine, since the bridge
        // allows no pull from an address of its own.
        using var registry = new TcpListener(IPAddress.Loopback, 0);
        registry.Start();
        var port = ((IPEndPoint)registry.LocalEndpoint).Port;
        var prompt = scene.Unique("@say spent");
        var run = await scene.ApplyRunAsync(Document("pulls", prompt, $"image: {ImageRegistry.Open}.registry.test:{port}/slow/image:1"));
        await run.PhaseAsync(RunPhase.Preparing);
        using var within = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        within.CancelAfter(Poll.Timeout);
        using var pull = await registry.AcceptTcpClientAsync(within.Token);

        await CancelAsync(scene, run);

        // Podman closes its connection to the registry too.
        var said = new byte[4096];
        while (await pull.GetStream().ReadAsync(said, within.Token) > 0) { }

        Assert.Equal((RunReason.Cancelled, 1), (run.Last.Status.Attempts!.Single().Reason, run.Last.Status.Attempt));
        await AssertStaysAsync(scene, run);
        Assert.Equal(0, await scene.NodeOf(run).CreatedAsync(run.Uid));
        Assert.Empty(scene.ModelRequests(prompt));
    }

    [Fact]
    public async Task Cancel_WhileAnAnswerStreams_TheRequestIsCut()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var prompt = scene.Unique("@stall");
        var run = await scene.ApplyRunAsync(Document("streams", prompt));
        await run.RunningAsync();
        await Poll.UntilAsync(
            "the answer streams",
            Poll.Timeout,
            () => scene.ModelRequests(prompt).Count == 1 && ModelConnections(scene) > 0,
            Cancelled
        );

        await CancelAsync(scene, run);

        await Poll.UntilAsync("nobody listens to the model", Poll.Timeout, () => ModelConnections(scene) == 0, Cancelled);
        await AssertStaysAsync(scene, run);
        Assert.Single(scene.ModelRequests(prompt));
    }

    [Fact]
    public async Task Cancel_AgentThatSpendsAndIgnoresTerm_SpendsNoMore()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, "spends", $"trap '' TERM INT HUP; while :; do {CountingAgent.Call}; done")
        );
        await run.RunningAsync();
        await Poll.UntilAsync("it spends", Poll.Timeout, () => Calls(scene, run) > 10, Cancelled);

        await CancelAsync(scene, run);

        var spent = Calls(scene, run);
        await AssertStaysAsync(scene, run);
        Assert.Equal(spent, Calls(scene, run));
    }

    [Fact]
    public async Task Cancel_AtAnyMomentOfItsStart_IsFinal()
    {
        var scene = await OnSharedStackAsync();
        List<(RunHistory Run, string Prompt)> runs = [];
        // Before, during and after the record of the attempt, the creation of its container, and Go.
        foreach (var delay in (int[])[0, 20, 50, 100, 150, 200, 300, 400, 600, 900])
        {
            var prompt = scene.Unique($"@sleep 5s\n@say {delay}");
            var run = await scene.ApplyRunAsync(Document($"after-{delay}", prompt));
            await Task.Delay(delay, Cancelled);
            await CancelAsync(scene, run);
            runs.Add((run, prompt));
        }

        foreach (var (run, prompt) in runs)
        {
            await AssertStaysAsync(scene, run);
            Assert.InRange(run.Last.Status.Attempts?.Count ?? 0, 0, 1);
            if (run.Last.Status.NodeName is not null)
            {
                await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
            }
            // The model logs a request when its answer begins, which would be after the cancel.
            Assert.Empty(scene.ModelRequests(prompt));
        }
    }

    private static async Task CancelAsync(Scene scene, RunHistory run)
    {
        await scene.Stack.Http.MergeAsync($"{scene.RunsPath}/{run.Name}", """{"spec":{"cancel":true}}""", Cancelled);
        var end = await run.EndAsync();
        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (end.Phase, end.Reason));
    }

    // A run that is applied later reaches its end, while the cancelled one does not change.
    private static async Task AssertStaysAsync(Scene scene, RunHistory run)
    {
        var attempts = run.Last.Status.Attempts?.Count;
        var next = await scene.ApplyRunAsync(Document($"after-{run.Name}", "@say done"));
        await next.EndAsync();
        Assert.Equal(
            (RunPhase.Cancelled, RunReason.Cancelled, attempts),
            (run.Last.Phase, run.Last.Reason, run.Last.Status.Attempts?.Count)
        );
    }

    private static int Calls(Scene scene, RunHistory run)
    {
        var me = CountingAgent.Starts(scene, run).FirstOrDefault();
        return me is null ? 0 : scene.Stack.Model.Requests().Count(request => request["model"]?.ToString() == me);
    }

    // Open connections to the model's port, from the kernel.
    private static int ModelConnections(Scene scene)
    {
        var remote = $":{new Uri(scene.Stack.Model.BaseUrl).Port.ToString("X4", CultureInfo.InvariantCulture)}";
        return File.ReadLines("/proc/net/tcp")
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Count(words => words[2].EndsWith(remote, StringComparison.Ordinal) && words[3] == "01");
    }

    private static string Document(string name, string prompt, string field = "") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: |
                {{prompt.ReplaceLineEndings("\n    ")}}
              {{field}}
            """;
}
