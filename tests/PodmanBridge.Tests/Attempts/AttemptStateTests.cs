using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptStateTests : IDisposable
{
    private static readonly AttemptKey Key = new("9b2d7c1e-0000-4000-8000-000000000001", 1);

    private readonly string _root = Directory.CreateTempSubdirectory("attempts").FullName;
    private readonly ManualTimeProvider _clock = new();
    private readonly AttemptDirectory _directory;
    private readonly AttemptServices _services;

    public AttemptStateTests()
    {
        _directory = AttemptDirectory.Create(_root, Key);
        _services = new AttemptServices
        {
            StateRoot = _root,
            BootID = "this boot",
            Sandbox = null!,
            Users = new WorkspaceUsers(),
            Lease = new NodeLease(_clock),
            Changes = new AttemptChanges(),
            Clock = _clock,
            Logger = NullLogger.Instance,
        };
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void End_TwoCauses_TheFirstCountsAndIsOnDisk()
    {
        using var state = State();

        state.End(EndCause.Cancelled);
        state.End(EndCause.TimedOut);

        Assert.Equal(EndCause.Cancelled, state.Record.Cause);
        Assert.Equal(EndCause.Cancelled, _directory.ReadRecord()!.Cause);
        Assert.True(state.Ending.IsCancellationRequested);
    }

    [Fact]
    public void End_Dropped_FollowsAnotherCause()
    {
        using var state = State();
        state.End(EndCause.TimedOut);

        state.End(EndCause.Dropped);

        Assert.Equal(EndCause.Dropped, state.Record.Cause);
    }

    [Fact]
    public void End_AfterTheEnd_ChangesNothing()
    {
        using var state = State();
        state.Conclude(Ended(RunReason.Completed));

        state.End(EndCause.Cancelled);

        Assert.Null(state.Record.Cause);
    }

    [Fact]
    public void Conclude_Twice_TheFirstEndStays()
    {
        using var state = State();
        Assert.True(state.Conclude(Ended(RunReason.Cancelled)));

        Assert.False(state.Conclude(Ended(RunReason.Crashed)));

        Assert.Equal(RunReason.Cancelled, state.Observe().End!.Reason);
        Assert.Equal(RunReason.Cancelled, _directory.ReadEnd()!.End.Reason);
    }

    [Fact]
    public void Deadline_Over_IsACause()
    {
        using var state = State(TimeSpan.FromSeconds(30));
        _clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(state.Ending.IsCancellationRequested);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(EndCause.TimedOut, state.Record.Cause);
    }

    [Fact]
    public void SetRemaining_OperatorsClock_MovesTheDeadline()
    {
        using var state = State(TimeSpan.FromSeconds(30));

        state.SetRemaining(TimeSpan.FromSeconds(5));
        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(EndCause.TimedOut, state.Record.Cause);
    }

    [Fact]
    public void Deadline_OverWhileTheBridgeWasAway_IsACauseAtOnce()
    {
        State(TimeSpan.FromSeconds(30)).Dispose();
        _clock.AdvanceStopped(TimeSpan.FromMinutes(1));

        using var adopted = new AttemptState(_directory.ReadRecord()!, _directory, _services);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(EndCause.TimedOut, adopted.Record.Cause);
    }

    [Fact]
    public void Cause_DecidedByAFormerBridge_StillCounts()
    {
        using (var state = State())
        {
            state.End(EndCause.Cancelled);
        }

        using var adopted = new AttemptState(_directory.ReadRecord()!, _directory, _services);
        adopted.End(EndCause.TimedOut);

        Assert.True(adopted.Ending.IsCancellationRequested);
        Assert.Equal(EndCause.Cancelled, adopted.Record.Cause);
    }

    [Fact]
    public void Observe_OnTheWay_NeverGoesBack()
    {
        using var state = State();
        Assert.Equal(AttemptStage.Preparing, state.Observe().Stage);
        state.Held();
        Assert.Equal(AttemptStage.Held, state.Observe().Stage);
        state.Started();
        state.Held();
        _clock.Advance(TimeSpan.FromSeconds(7));

        Assert.Equal(AttemptStage.Running, state.Observe().Stage);
        Assert.Equal(7000, state.Observe().StartedAgoMs);
    }

    [Fact]
    public void Released_WithHooks_IsOnDiskAndSeenBeforeTheAgentRuns()
    {
        using var state = State();
        state.Held();
        state.Released(withHooks: true);

        Assert.True(_directory.ReadRecord()!.Released);
        Assert.Equal((AttemptStage.Hooks, null), (state.Observe().Stage, state.Observe().StartedAgoMs));

        state.Started([new HookReport { Name = "onCreate[0]", Result = HookResult.Succeeded }]);
        state.Started();

        Assert.Equal(AttemptStage.Running, state.Observe().Stage);
        Assert.Equal("onCreate[0]", Assert.Single(state.Observe().Hooks!).Name);
    }

    [Fact]
    public void Released_WithoutHooks_IsOnDiskAndNoStageOfItsOwn()
    {
        using var state = State();
        state.Held();
        state.Released(withHooks: false);

        Assert.True(_directory.ReadRecord()!.Released);
        Assert.Equal(AttemptStage.Held, state.Observe().Stage);
    }

    [Fact]
    public void Released_ThatCannotBeStored_IsRefusedAndNotSo()
    {
        using var state = State();
        Directory.Delete(_directory.Path, recursive: true);

        var refusal = Assert.Throws<RunRefusedException>(() => state.Released(withHooks: true));

        Assert.Equal(RunReason.Crashed, refusal.Reason);
        Assert.False(state.Record.Released);
        Assert.Equal(AttemptStage.Preparing, state.Observe().Stage);
    }

    [Fact]
    public void Meant_MountsOfTheContainer_AreOnDisk()
    {
        using var state = State();
        state.Meant([new ShimMount("/opt/stromboli/shim", 1, 2)]);

        Assert.Equal([new ShimMount("/opt/stromboli/shim", 1, 2)], _directory.ReadRecord()!.Mounts!);
    }

    [Fact]
    public void Abandoned_Attempt_IsOnDiskAndNotLetGo()
    {
        using var state = State();
        state.Abandoned();

        Assert.True(_directory.ReadRecord() is { Abandoned: true, Released: false });
    }

    [Fact]
    public void Observe_EndStoredByAFormerBridge_SaysHowLongAgo()
    {
        using (var state = State())
        {
            state.Started();
            state.Conclude(Ended(RunReason.AgentError));
        }

        _clock.Advance(TimeSpan.FromSeconds(5));
        using var adopted = new AttemptState(_directory.ReadRecord()!, _directory, _services);

        Assert.True(adopted.Ended);
        var observed = adopted.Observe();
        Assert.Equal(AttemptStage.Ended, observed.Stage);
        Assert.Equal(RunReason.AgentError, observed.End!.Reason);
        Assert.Equal(5000, observed.End.EndedAgoMs);
    }

    [Fact]
    public void Collected_ResultAndHooks_AreGoneFromMemoryDiskAndWhatIsTold()
    {
        using var state = State();
        state.Started([new HookReport { Name = "onCreate[0]", Result = HookResult.Succeeded }]);
        state.Conclude(
            Ended(RunReason.Completed) with
            {
                End = new AttemptEnd
                {
                    Reason = RunReason.Completed,
                    Message = "m",
                    EndedAgoMs = 0,
                    Result = new RunResult { Text = "text" },
                    Structured = "{}",
                },
                Hooks = [new HookReport { Name = "onCreate[0]", Result = HookResult.Succeeded }],
            }
        );
        Assert.Equal("text", state.Observe().End!.Result!.Text);

        Assert.True(state.Collected());
        Assert.False(state.Collected());

        Assert.Equal(
            new AttemptObservation
            {
                UID = Key.UID,
                Attempt = Key.Attempt,
                Stage = AttemptStage.Collected,
            },
            state.Observe()
        );
        var stored = _directory.ReadEnd()!;
        Assert.Equal(
            (true, RunReason.Completed, null, null, null),
            (stored.Collected, stored.End.Reason, stored.End.Result, stored.End.Structured, stored.Hooks)
        );
    }

    [Fact]
    public void NotCollected_TheOperatorHasLostTheEnd_IsToldAgainWithItsReason()
    {
        using (var state = State())
        {
            state.Conclude(Ended(RunReason.TimedOut));
            state.Collected();
            state.NotCollected();
        }

        using var adopted = new AttemptState(_directory.ReadRecord()!, _directory, _services);

        Assert.Equal((AttemptStage.Ended, RunReason.TimedOut), (adopted.Observe().Stage, adopted.Observe().End!.Reason));
    }

    [Fact]
    public async Task Changes_EachStep_AreNoted()
    {
        using var state = State();

        state.Started();

        Assert.Equal([Key], await _services.Changes.TakeAsync(CancellationToken.None));
    }

    private AttemptState State(TimeSpan? timeout = null)
    {
        var record = new AttemptRecord
        {
            UID = Key.UID,
            Attempt = Key.Attempt,
            Spec = SpecBuilder.Attempt(),
            UserID = 10_000,
            BootID = "this boot",
            Deadline = _services.After(timeout ?? TimeSpan.FromMinutes(30)),
        };
        _directory.Write(record);
        return new AttemptState(record, _directory, _services);
    }

    private AttemptEndRecord Ended(RunReason reason) =>
        new()
        {
            End = new AttemptEnd
            {
                Reason = reason,
                Message = "m",
                EndedAgoMs = 0,
            },
            EndedAt = _clock.GetUtcNow(),
        };
}
