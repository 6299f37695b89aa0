using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Runs;

public sealed class RunControllerTests : IAsyncLifetime
{
    private FakeApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _api.CreateSecret("stromboli-system", "model", "api-key", "sk-default\n", useAs: null);
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Run_FromStartToEnd_ThreeWritesThreeEventsAndGoOnlyAfterTheRecord()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        _api.BeforeWrite = body =>
        {
            // Held while the record is on its way, and not let go before the record is stored.
            Assert.DoesNotContain(op.Hub.Sent, s => s.Attempt.State == DesiredState.Go && _api.Stored.Count == 0);
            return Task.CompletedTask;
        };
        var uid = _api.Create("run");
        await Sent(op, uid, "node-1/1 Go");
        Assert.Equal(["node-1/1 Hold", "node-1/1 Go"], op.Hub.Of(uid));
        var go = op.Hub.Sent[^1].Attempt;
        Assert.Equal(
            ("hello", "sk-default", "https://model.example"),
            (go.Secrets!.Prompt, go.Secrets.Credential!.Value, go.Secrets.Credential.BaseURL)
        );
        Assert.Equal((uid, "localhost/agent:1", "/workspace"), (go.Spec!.SessionID, go.Spec.Image, go.Spec.Workdir));
        Assert.InRange(go.RemainingMs!.Value, 1_799_000, 1_801_000);
        Assert.Null(op.Hub.Sent[0].Attempt.Secrets);

        Assert.True(op.Observe("node-1", Seen(uid, AttemptStage.Held)));
        Assert.True(op.Observe("node-1", Seen(uid, AttemptStage.Running)));
        await Phase(op, uid, RunPhase.Running);
        Assert.True(op.Observe("node-1", End(uid, RunReason.Completed)));
        await Sent(op, uid, "node-1/1 Collected");
        Assert.True(op.Observe("node-1", End(uid, RunReason.Completed)));
        await Eventually.True(() => op.Hub.Of(uid).Count(s => s == "node-1/1 Collected") == 2);
        Assert.Equal(["Preparing", "Running", "Succeeded"], _api.Stored.Select(s => s["phase"]!.GetValue<string>()));
        await Eventually.True(() => _api.Events.Count == 3);
        Assert.Equal(["run/Scheduled", "run/Started", "run/Succeeded"], _api.Events);
    }

    [Fact]
    public async Task Run_NoNode_WaitsAndStartsWhenOneConnects()
    {
        await using var op = await RunningOperator.StartAsync(_api, new FakeNodes());
        var uid = _api.Create("run");
        await Eventually.True(() => op.Store.Find(uid)?.Status?.Reason == RunReason.WaitingForNode);
        op.Nodes.Set(RunningOperator.Node("node-1"));
        await Sent(op, uid, "node-1/1 Go");
        Assert.Equal(2, _api.Stored.Count);
    }

    [Fact]
    public async Task Run_InformerLags_CapacityIsNeverGivenTwice()
    {
        var nodes = new FakeNodes();
        nodes.Set(RunningOperator.Node("node-1") with { MaxRuns = 3 });
        await using var op = await RunningOperator.StartAsync(_api, nodes);
        List<string> uids = [.. Enumerable.Range(0, 5).Select(i => _api.Create($"run-{i}"))];
        await Eventually.True(() => uids.All(u => op.Store.Find(u) is not null));
        using (_api.Lag())
        {
            await Eventually.True(() => op.Hub.Sent.Count(s => s.Attempt.State == DesiredState.Go) == 3);
            uids.AddRange(Enumerable.Range(5, 5).Select(i => _api.Create($"run-{i}")));
        }
        await Eventually.True(() => uids.Count(u => op.Phase(u) == RunPhase.Queued) == 7);
        Assert.Equal(3, op.Hub.Sent.Count(s => s.Attempt.State == DesiredState.Hold));
        // One ends, and one follows.
        var first = op.Hub.Sent.First(s => s.Attempt.State == DesiredState.Go).Attempt.UID;
        op.Observe("node-1", End(first, RunReason.Completed));
        await Eventually.True(() => op.Hub.Sent.Count(s => s.Attempt.State == DesiredState.Go) == 4);
        Assert.Equal(6, uids.Count(u => op.Phase(u) == RunPhase.Queued));
    }

    [Fact]
    public async Task Store_Conflict_LooksAgainAndLetsGoOnce()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var conflicts = 0;
        _api.OnWrite = _ => Interlocked.Increment(ref conflicts) <= 2 ? FakeApi.Fault.Conflict : FakeApi.Fault.None;
        var uid = _api.Create("run");
        await Sent(op, uid, "node-1/1 Go");
        Assert.Single(op.Hub.Of(uid), s => s.EndsWith("Go", StringComparison.Ordinal));
        Assert.Single(_api.Stored);
    }

    [Fact]
    public async Task Store_AnswerLost_TheRecordIsFoundAndKept()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var lost = 0;
        _api.OnWrite = _ => Interlocked.Increment(ref lost) == 1 ? FakeApi.Fault.LostAnswer : FakeApi.Fault.None;
        var uid = _api.Create("run");
        await Sent(op, uid, "node-1/1 Go");
        Assert.Single(_api.Stored);
        Assert.DoesNotContain(op.Hub.Of(uid), s => s.Contains("Absent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Store_AnswerLostAndInformerLags_TheRecordIsFoundByALiveRead()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = _api.Create("run", """{"prompt": "hello", "model": {"credentialsSecretRef": {"name": "own"}}}""");
        await Eventually.True(() => op.Store.Find(uid)?.Status?.Reason == RunReason.SecretNotFound);
        var lost = 0;
        _api.OnWrite = _ => Interlocked.Increment(ref lost) == 1 ? FakeApi.Fault.LostAnswer : FakeApi.Fault.None;
        using (_api.Lag())
        {
            _api.CreateSecret("team", "own", "oauth-token", "tok", "model");
            await Sent(op, uid, "node-1/1 Go");
        }
        Assert.Equal(2, _api.Stored.Count);
    }

    [Fact]
    public async Task Store_CancelledMeanwhile_HeldAttemptIsTakenBack()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var once = 0;
        _api.BeforeWrite = _ =>
        {
            if (Interlocked.Increment(ref once) == 1)
            {
                _api.Edit("run", "cancel", true);
            }

            return Task.CompletedTask;
        };
        var uid = _api.Create("run");
        await Phase(op, uid, RunPhase.Cancelled);
        await Sent(op, uid, "node-1/1 Absent");
        Assert.Equal(["node-1/1 Hold", "node-1/1 Absent"], op.Hub.Of(uid));
        // Its room is free again.
        var next = _api.Create("next");
        await Sent(op, next, "node-1/1 Go");
    }

    [Fact]
    public async Task Store_DeletedMeanwhile_HeldAttemptIsTakenBackAndNeverLetGo()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        _api.BeforeWrite = _ =>
        {
            _api.Delete("run");
            return Task.CompletedTask;
        };
        var uid = _api.Create("run");
        await Sent(op, uid, "node-1/1 Absent");
        Assert.DoesNotContain("node-1/1 Go", op.Hub.Of(uid));
        Assert.Empty(await op.SnapshotAsync("node-1"));
    }

    [Fact]
    public async Task Store_AnotherOperatorRecordedItElsewhere_ItsRecordCounts()
    {
        var nodes = new FakeNodes();
        nodes.Set(RunningOperator.Node("node-1"));
        await using var op = await RunningOperator.StartAsync(_api, nodes);
        var once = 0;
        _api.BeforeWrite = _ =>
        {
            if (Interlocked.Increment(ref once) == 1)
            {
                nodes.Set(RunningOperator.Node("node-2"));
                _api.SetStatus(
                    "run",
                    """
                    {"observedGeneration": 1, "phase": "Preparing", "nodeName": "node-2", "attempt": 1, "startTime": "2026-01-01T00:00:00Z", "deadline": "2999-01-01T00:00:00Z",
                     "attempts": [{"attempt": 1, "node": "node-2", "startTime": "2026-01-01T00:00:00Z"}],
                     "conditions": [{"type": "Accepted", "status": "True", "reason": "Accepted", "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"},
                                    {"type": "Scheduled", "status": "True", "reason": "Scheduled", "observedGeneration": 1, "lastTransitionTime": "2026-01-01T00:00:00Z"}]}
                    """
                );
            }
            return Task.CompletedTask;
        };
        var uid = _api.Create("run");
        await Sent(op, uid, "node-2/1 Go");
        await Sent(op, uid, "node-1/1 Absent");
        Assert.DoesNotContain("node-1/1 Go", op.Hub.Of(uid));
        Assert.Empty(_api.Stored);
    }

    [Fact]
    public async Task Store_EndThatTheApiServerRefuses_IsStoredWithoutTheNodesReport()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = await RunningAsync(op, "run");
        _api.OnWrite = body => body["status"]!["result"] is null ? FakeApi.Fault.None : FakeApi.Fault.Invalid;
        op.Observe("node-1", End(uid, RunReason.Completed));
        await Phase(op, uid, RunPhase.Succeeded);
        await Sent(op, uid, "node-1/1 Collected");
    }

    [Fact]
    public async Task Deleted_WhileItWaits_LeavesTheQueue()
    {
        var nodes = new FakeNodes();
        nodes.Set(RunningOperator.Node("node-1") with { MaxRuns = 1 });
        await using var op = await RunningOperator.StartAsync(_api, nodes);
        var running = await RunningAsync(op, "running");
        var gone = _api.Create("gone");
        await Phase(op, gone, RunPhase.Queued);
        var next = _api.Create("next");
        await Phase(op, next, RunPhase.Queued);
        _api.Delete("gone");
        await Eventually.True(() => op.Store.Find(gone) is null);
        op.Observe("node-1", End(running, RunReason.Completed));
        await Sent(op, next, "node-1/1 Go");
        Assert.Empty(op.Hub.Of(gone));
    }

    [Fact]
    public async Task Go_LeadIsLostWhileTheRecordIsStored_IsNotSent()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        _api.BeforeWrite = _ =>
        {
            op.Leadership.IsLeader = false;
            return Task.CompletedTask;
        };
        var uid = _api.Create("run");
        await Eventually.True(() => _api.Stored.Count == 1);
        op.Leadership.IsLeader = true;
        await Sent(op, uid, "node-1/1 Go");
        Assert.Single(_api.Stored);
    }

    [Fact]
    public async Task Deleted_WhileRunning_IsAbsentAtOnceAndMissingFromTheSnapshot()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = await RunningAsync(op, "run");
        _api.Delete("run");
        await Sent(op, uid, "node-1/1 Absent");
        Assert.Empty(await op.SnapshotAsync("node-1"));
        Assert.False(op.Observe("node-1", End(uid, RunReason.Completed)));
    }

    [Fact]
    public async Task Deleted_AndCreatedAgainWithTheSameName_OldRunStopsAndNewRunStarts()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var old = await RunningAsync(op, "run");
        _api.Delete("run");
        var made = _api.Create("run");
        await Sent(op, old, "node-1/1 Absent");
        await Sent(op, made, "node-1/1 Go");
    }

    [Fact]
    public async Task Cancel_WhileRunning_StopsAndCopiesTheBridgesReport()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = await RunningAsync(op, "run");
        _api.Edit("run", "cancel", true);
        await Sent(op, uid, "node-1/1 Stop");
        op.Observe("node-1", End(uid, RunReason.Cancelled));
        await Phase(op, uid, RunPhase.Cancelled);
        await Sent(op, uid, "node-1/1 Collected");
    }

    [Fact]
    public async Task NodeLost_SecondAttemptElsewhere_OldReportsAreRefused()
    {
        var nodes = new FakeNodes();
        nodes.Set(RunningOperator.Node("node-1"));
        await using var op = await RunningOperator.StartAsync(_api, nodes);
        var uid = await RunningAsync(op, "run");
        nodes.Set(RunningOperator.Node("node-2"));
        nodes.Set(RunningOperator.Node("node-1") with { Connected = false, LostAt = TimeProvider.System.GetUtcNow().AddMilliseconds(-1) });
        await Sent(op, uid, "node-2/2 Go");
        Assert.False(op.Observe("node-1", End(uid, RunReason.Completed)));
        Assert.False(op.Observe("node-1", End(uid, RunReason.Completed, attempt: 2)));
        Assert.Empty(await op.SnapshotAsync("node-1"));
        Assert.True(op.Observe("node-2", End(uid, RunReason.Completed, attempt: 2)));
        await Phase(op, uid, RunPhase.Succeeded);
        await Eventually.True(() => _api.Events.Count == 7);
        Assert.Equal(
            ["Scheduled", "Started", "NodeLost", "Retrying", "Scheduled", "Started", "Succeeded"],
            _api.Events.Select(e => e.Split('/')[1])
        );
    }

    [Fact]
    public async Task NodeDeleted_DuringARun_IsLostAfterItsTime()
    {
        await using var op = await RunningOperator.StartAsync(
            _api,
            configure: o => o with { NodeLostAfter = TimeSpan.FromMilliseconds(300) }
        );
        var uid = await RunningAsync(op, "run", """{"prompt": "hello", "retries": {"nodeLost": 0}}""");
        op.Nodes.Remove("node-1");
        await Eventually.True(() => op.Store.Find(uid)?.Status is { Phase: RunPhase.Failed, Reason: RunReason.NodeLost });
    }

    [Fact]
    public async Task Restart_EverythingFollowsFromTheRecord()
    {
        string live,
            done,
            fresh;
        await using (var first = await RunningOperator.StartAsync(_api))
        {
            live = await RunningAsync(first, "live");
            done = await RunningAsync(first, "done");
            first.Observe("node-1", End(done, RunReason.Completed));
            await Phase(first, done, RunPhase.Succeeded);
        }
        fresh = _api.Create("fresh");
        await using var second = await RunningOperator.StartAsync(_api);
        await Sent(second, fresh, "node-1/1 Go");
        var snapshot = (await second.SnapshotAsync("node-1")).ToDictionary(a => a.UID);
        Assert.Equal((DesiredState.Go, true), (snapshot[live].State, snapshot[live].Started));
        Assert.Equal("sk-default", snapshot[live].Secrets!.Credential!.Value);
        Assert.Equal(DesiredState.Collected, snapshot[done].State);
        Assert.Equal(3, snapshot.Count);
        second.Observe("node-1", End(live, RunReason.Completed));
        await Phase(second, live, RunPhase.Succeeded);
    }

    [Fact]
    public async Task Restart_DeletedMeanwhile_IsMissingFromTheSnapshot()
    {
        string uid;
        await using (var first = await RunningOperator.StartAsync(_api))
        {
            uid = await RunningAsync(first, "run");
        }

        _api.Delete("run");
        await using var second = await RunningOperator.StartAsync(_api);
        Assert.Empty(await second.SnapshotAsync("node-1"));
        Assert.False(second.Observe("node-1", End(uid, RunReason.Completed)));
    }

    [Fact]
    public async Task Snapshot_WhileTheRecordIsWritten_HoldsTheAttempt()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var writing = new TaskCompletionSource();
        var asked = new TaskCompletionSource();
        _api.BeforeWrite = async _ =>
        {
            writing.TrySetResult();
            await asked.Task;
        };
        var uid = _api.Create("run");
        await writing.Task;
        var held = Assert.Single(await op.SnapshotAsync("node-1"));
        Assert.Equal((uid, 1, DesiredState.Hold), (held.UID, held.Attempt, held.State));
        Assert.Null(held.Secrets);
        Assert.True(op.Observe("node-1", Seen(uid, AttemptStage.Held)));
        asked.SetResult();
        await Sent(op, uid, "node-1/1 Go");
    }

    [Fact]
    public async Task ApiServerAway_EndsAreStoredWhenItIsBack()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        List<string> uids = [];
        for (var i = 0; i < 5; i++)
        {
            uids.Add(await RunningAsync(op, $"run-{i}"));
        }

        _api.IsDown = true;
        foreach (var uid in uids)
        {
            Assert.True(op.Observe("node-1", End(uid, RunReason.Completed)));
        }
        // Each end was written, and not stored.
        await Eventually.True(() => _api.RefusedWrites >= uids.Count);
        Assert.DoesNotContain(op.Hub.Sent, s => s.Attempt.State == DesiredState.Collected);
        // A node that reconnects meanwhile keeps its attempts.
        Assert.Equal(5, (await op.SnapshotAsync("node-1")).Count(a => a.State == DesiredState.Go && a.Secrets is not null));
        _api.IsDown = false;
        await Eventually.True(() => uids.All(u => op.Hub.Of(u).Contains("node-1/1 Collected")), TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Finished_EditedLater_StartsFromTheWholeObject()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = await RunningAsync(op, "run");
        op.Observe("node-1", End(uid, RunReason.Completed));
        await Phase(op, uid, RunPhase.Succeeded);
        Assert.Null(op.Store.Find(uid)!.Status!.Result);
        _api.Edit("run", "ttlAfterFinished", "1h");
        await Eventually.True(() => _api.Get("run")!["status"]!["observedGeneration"]!.GetValue<long>() == 2);
        Assert.Equal("done", _api.Get("run")!["status"]!["result"]!["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task Finished_TtlIsOver_NothingStaysOnTheNode()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = await RunningAsync(op, "run", """{"prompt": "hello", "ttlAfterFinished": "1s"}""");
        op.Observe("node-1", End(uid, RunReason.Completed));
        await Sent(op, uid, "node-1/1 Collected");
        await Sent(op, uid, "node-1/1 Absent");
        Assert.NotNull(_api.Get("run"));
        Assert.Empty(await op.SnapshotAsync("node-1"));
    }

    [Fact]
    public async Task Finished_DeleteAfterFinished_ObjectAndNodeDataAreDeleted()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = await RunningAsync(op, "run", """{"prompt": "hello", "deleteAfterFinished": "1s"}""");
        op.Observe("node-1", End(uid, RunReason.Completed));
        await Phase(op, uid, RunPhase.Succeeded);
        await Eventually.True(() => _api.Get("run") is null);
        await Sent(op, uid, "node-1/1 Absent");
        // The node is told before the operator's own informer reports it.
        await Eventually.TrueAsync(async () => !(await op.SnapshotAsync("node-1")).Any());
    }

    [Fact]
    public async Task Finished_DeletionIsPostponedMeanwhile_TheObjectStays()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = await RunningAsync(op, "run", """{"prompt": "hello", "deleteAfterFinished": "2s"}""");
        op.Observe("node-1", End(uid, RunReason.Completed));
        await Phase(op, uid, RunPhase.Succeeded);
        using (_api.Lag())
        {
            _api.Edit("run", "deleteAfterFinished", "1h");
            await Eventually.True(() => _api.RefusedDeletions > 0);
        }
        await Eventually.True(() => _api.Get("run")!["status"]!["observedGeneration"]!.GetValue<long>() == 2);
    }

    [Fact]
    public async Task Observe_UnknownRun_IsRefused()
    {
        await using var op = await RunningOperator.StartAsync(_api);
        var uid = await RunningAsync(op, "run");
        Assert.False(op.Observe("node-1", Seen("no-such-uid", AttemptStage.Running)));
        Assert.False(op.Observe("node-2", Seen(uid, AttemptStage.Running)));
        Assert.False(op.Observe("node-1", Seen(uid, AttemptStage.Running) with { Attempt = 2 }));
    }

    private static async Task<string> RunningAsync(RunningOperator op, string name, FakeApi api, string spec)
    {
        var uid = api.Create(name, spec);
        await Sent(op, uid, "node-1/1 Go");
        Assert.True(op.Observe("node-1", Seen(uid, AttemptStage.Running)));
        await Phase(op, uid, RunPhase.Running);
        return uid;
    }

    private Task<string> RunningAsync(RunningOperator op, string name, string spec = """{"prompt": "hello"}""") =>
        RunningAsync(op, name, _api, spec);

    private static Task Sent(RunningOperator op, string uid, string what) =>
        Eventually.True(() => op.Hub.Of(uid).Contains(what), what: what);

    private static Task Phase(RunningOperator op, string uid, RunPhase phase) =>
        Eventually.True(() => op.Phase(uid) == phase, what: $"{phase}");

    private static AttemptObservation Seen(string uid, AttemptStage stage) =>
        new()
        {
            UID = uid,
            Attempt = 1,
            Stage = stage,
            StartedAgoMs = stage == AttemptStage.Running ? 1 : null,
        };

    private static AttemptObservation End(string uid, RunReason reason, int attempt = 1) =>
        new()
        {
            UID = uid,
            Attempt = attempt,
            Stage = AttemptStage.Ended,
            StartedAgoMs = 10,
            End = new AttemptEnd
            {
                Reason = reason,
                Message = "It ended.",
                EndedAgoMs = 1,
                ExitCode = 0,
                Result = new RunResult { Text = "done", Bytes = 4 },
            },
        };
}
