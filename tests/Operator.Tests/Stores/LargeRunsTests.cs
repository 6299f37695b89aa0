using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Tests.Runs;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Stores;

/// <summary>Runs and sessions with specs of the largest size that an API server accepts.</summary>
public sealed class LargeRunsTests : IAsyncLifetime
{
    private static readonly string Text = new('x', 32_000);
    private static readonly string Prompt = new('p', 65_000);
    private FakeApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _api.CreateSecret("stromboli-system", "model", "api-key", "sk-default", useAs: null);
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Run_FromStartToEnd_NodeGetsTheWholeSpecAndTheStoreKeepsAPart()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = _api.Create("run", Spec());
        await Sent(op, uid, "node-1/1 Go");
        Assert.Equal(["node-1/1 Hold", "node-1/1 Go"], op.Hub.Of(uid));
        AssertWhole(op.Hub.Sent[^1].Attempt);
        Assert.Equal(40, op.Hub.Sent[0].Attempt.Spec!.Env!.Count);
        AssertSmall(op);

        op.Observe(
            "node-1",
            new()
            {
                UID = uid,
                Attempt = 1,
                Stage = AttemptStage.Running,
                StartedAgoMs = 1,
            }
        );
        await Eventually.True(() => op.Phase(uid) == RunPhase.Running);
        op.Observe(
            "node-1",
            new()
            {
                UID = uid,
                Attempt = 1,
                Stage = AttemptStage.Ended,
                StartedAgoMs = 10,
                End = new AttemptEnd
                {
                    Reason = RunReason.Completed,
                    Message = "It ended.",
                    EndedAgoMs = 1,
                    ExitCode = 0,
                    Result = new RunResult { Text = "done", Bytes = 4 },
                },
            }
        );
        await Eventually.True(() => op.Phase(uid) == RunPhase.Succeeded);
        Assert.Equal(["Preparing", "Running", "Succeeded"], _api.Stored.Select(s => s["phase"]!.GetValue<string>()));
        Assert.Equal(40, _api.Get("run")!["spec"]!["env"]!.AsArray().Count);
    }

    [Fact]
    public async Task Restart_LiveAttempt_SnapshotHoldsItAndTheWholeSpecFollows()
    {
        string uid;
        await using (var first = await RunningOperator.StartAsync(_api))
        {
            uid = _api.Create("run", Spec());
            await Sent(first, uid, "node-1/1 Go");
        }
        await using var second = await RunningOperator.StartAsync(_api);
        await Sent(second, uid, "node-1/1 Go");
        AssertWhole(second.Hub.Sent[^1].Attempt);

        // A node that reconnects: its attempts continue, and each is let go on its own.
        var held = Assert.Single(await second.SnapshotAsync("node-1"));
        Assert.Equal((uid, DesiredState.Hold, null), (held.UID, held.State, held.Spec));
        await Eventually.True(() => second.Hub.Of(uid).Count(sent => sent == "node-1/1 Go") == 2);
        AssertWhole(second.Hub.Sent[^1].Attempt);
        Assert.Single(_api.Stored);
    }

    [Fact]
    public async Task Run_InvalidAndLarge_FailsLikeASmallRun()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var spec = Spec();
        spec["workdir"] = "not a path";
        var uid = _api.Create("run", spec);
        await Eventually.True(() => op.Phase(uid) == RunPhase.Failed);
        Assert.Equal(RunReason.InvalidSpec, op.Store.Find(uid)!.Status!.Reason);
    }

    [Fact]
    public async Task OneNamespace_HasManyOfTheLargestRuns_LittleIsKeptAndAnotherNamespaceStarts()
    {
        const int runs = 120;
        const int sessions = 30;
        for (var i = 0; i < sessions; i++)
        {
            _api.CreateSession($"session-{i}", Spec("env"), "noisy");
        }

        for (var i = 0; i < runs; i++)
        {
            _api.Create(
                $"run-{i}",
                Spec(nodeName: "none"),
                "noisy",
                new JsonObject { ["kubectl.kubernetes.io/last-applied-configuration"] = $"{Text}{Text}{Text}{Text}" }
            );
        }

        var quiet = _api.Create("one", "{\"prompt\": \"hello\"}", "quiet");

        await using var op = await RunningOperator.StartAsync(_api, configure: o => o with { NamespaceSpecBytes = 8 << 20 });
        var informer = op.Service<Informer<AgentSession>>();
        using var ending = new CancellationTokenSource();
        var listing = informer.RunAsync(ending.Token);
        await Sent(op, quiet, "node-1/1 Go");
        await informer.WaitForSyncAsync(TestContext.Current.CancellationToken);
        await Eventually.True(() => op.Store.Informer.Store.List().All(run => run.Status?.Phase is not null), TimeSpan.FromMinutes(2));

        AssertSmall(op);
        Assert.Equal((runs + 1, sessions), (op.Store.Informer.Store.Count, informer.Store.Count));
        Assert.All(
            informer.Store.List(),
            session => Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(session, CrdsJson.Default.AgentSession).Length, 1, 4096)
        );
        // The runs within the limit were read. The others wait unread.
        var reasons = op
            .Store.Informer.Store.List()
            .Where(run => run.Metadata.Namespace == "noisy")
            .CountBy(run => run.Status!.Reason!.Value)
            .ToDictionary();
        Assert.InRange(reasons[RunReason.NoNodeMatches], 4, 8);
        Assert.Equal(runs, reasons[RunReason.NoNodeMatches] + reasons[RunReason.Queued]);
        Assert.Equal(runs + 1, _api.Stored.Count);
        await ending.CancelAsync();
        await listing;
    }

    // Without an API server in this process, to measure only the stores. As a whole, these objects have more than a gigabyte.
    [Fact]
    public void Stores_HundredsOfTheLargestObjects_HoldLittle()
    {
        using var client = new KubeClient(new KubeConfig { Server = _api.Address });
        var runs = new Informer<AgentRun>(client, AgentRunResource.Type, new() { Transform = RunStore.Trim });
        var sessions = new Informer<AgentSession>(client, AgentSessionResource.Type, new() { Transform = SessionStore.Trim });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 400; i++)
        {
            runs.Store.Observe(Decoded(CrdsJson.Default.AgentRun, Spec(), i));
        }

        for (var i = 0; i < 100; i++)
        {
            sessions.Store.Observe(Decoded(CrdsJson.Default.AgentSession, Spec("env"), i));
        }

        // Other tests run in this process at the same time.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 100_000_000);
        Assert.Equal((400, 100), (runs.Store.Count, sessions.Store.Count));

        static T Decoded<T>(JsonTypeInfo<T> json, JsonObject spec, int i) =>
            JsonSerializer.Deserialize(
                new JsonObject
                {
                    ["metadata"] = new JsonObject
                    {
                        ["name"] = $"n-{i}",
                        ["namespace"] = "noisy",
                        ["uid"] = $"uid-{i}",
                        ["resourceVersion"] = $"{i + 1}",
                    },
                    ["spec"] = spec,
                }.ToJsonString(),
                json
            )!;
    }

    private static void AssertSmall(RunningOperator op) =>
        Assert.All(
            op.Store.Informer.Store.List(),
            run => Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(run, CrdsJson.Default.AgentRun).Length, 1, 8192)
        );

    private static void AssertWhole(DesiredAttempt go)
    {
        Assert.Equal((DesiredState.Go, 40, 65_000), (go.State, go.Spec!.Env!.Count, go.Secrets!.Prompt.Length));
        Assert.All(go.Spec.Env, variable => Assert.Equal(32_000, variable.Value!.Length));
        Assert.Equal("sk-default", go.Secrets.Credential!.Value);
    }

    private static Task Sent(RunningOperator op, string uid, string what) =>
        Eventually.True(() => op.Hub.Of(uid).Contains(what), TimeSpan.FromMinutes(1), what: what);

    // The largest size that etcd accepts. All objects share one text, so that only the operator's memory is measured.
    private static JsonObject Spec(string only = "", string? nodeName = null)
    {
        var spec = new JsonObject
        {
            ["env"] = new JsonArray([
                .. Enumerable.Range(0, 40).Select(i => new JsonObject { ["name"] = $"VARIABLE_{i}", ["value"] = Text }),
            ]),
        };
        if (only.Length == 0)
        {
            spec["prompt"] = Prompt;
        }

        if (nodeName is not null)
        {
            spec["nodeName"] = nodeName;
        }

        return spec;
    }
}
