using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class NodeAttemptsTests : IAsyncDisposable
{
    private const string UID = "9b2d7c1e-0000-4000-8000-000000000001";

    private readonly string _root = Directory.CreateTempSubdirectory("attempts").FullName;
    private readonly ManualTimeProvider _clock = new();
    private readonly FakeEngine _engine = new();
    private readonly NodeHarness _node;
    private readonly NodeAttempts _attempts;

    public NodeAttemptsTests()
    {
        _node = new NodeHarness(_root, _engine, _clock, new NodeHarnessOptions { Kept = new KeptLimits(3, 1L << 40) });
        _attempts = _node.Attempts;
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Apply_StopOfAnAttemptThatIsNotHere_EndsItAsCancelled()
    {
        _attempts.Apply(
            new DesiredAttempt
            {
                UID = UID,
                Attempt = 1,
                State = DesiredState.Stop,
                Cause = StopCause.Cancelled,
            }
        );

        Assert.Equal(RunReason.Cancelled, (await OnlyAsync()).End!.Reason);
    }

    [Fact]
    public async Task Apply_SuspendOfAnAttemptThatIsNotHere_EndsItAsSuspended()
    {
        _attempts.Apply(
            new DesiredAttempt
            {
                UID = UID,
                Attempt = 1,
                State = DesiredState.Stop,
                Cause = StopCause.Suspended,
            }
        );

        Assert.Equal(RunReason.Suspended, (await OnlyAsync()).End!.Reason);
    }

    [Fact]
    public async Task Apply_GoOfAnAttemptWhoseAgentHadStartedAndIsNotHere_IsLostAndNotStartedAgain()
    {
        _attempts.Apply(Desired(DesiredState.Go) with { Started = true });

        Assert.Equal(RunReason.NodeLost, (await OnlyAsync()).End!.Reason);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_node.StateRoot));
    }

    [Fact]
    public async Task Apply_GoOfAnAttemptWhoseStateWasLost_IsReportedOnlyWhenNothingOfItIsLeft()
    {
        var names = ContainerNames.Of(NodeHarness.Installation, UID, 1);
        foreach (var name in names.Volumes.Append(names.Container))
        {
            _engine.Add(name);
        }

        _engine.Away = true;
        _attempts.Apply(Desired(DesiredState.Go) with { Started = true });
        await Eventually.True(() => _clock.ActiveTimers > 0);
        Assert.Empty(_attempts.Observe());
        Assert.NotEmpty(_engine.Names);

        _engine.Away = false;
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RunReason.NodeLost, (await OnlyAsync()).End!.Reason);
        Assert.Empty(_engine.Names);
    }

    [Fact]
    public async Task Apply_StateThatCannotBeStored_EndsTheAttemptAndNotTheLink()
    {
        File.WriteAllText(Path.Combine(_node.StateRoot, new AttemptKey(UID, 1).ToString()), "in the way");

        _attempts.Apply(Desired(DesiredState.Hold));

        Assert.Equal(RunReason.NodeUnfit, (await OnlyAsync()).End!.Reason);
    }

    [Fact]
    public async Task Apply_EndOfAnAttemptThatNeverBegan_IsReportedUntilItIsCollected()
    {
        _attempts.Apply(
            new DesiredAttempt
            {
                UID = UID,
                Attempt = 1,
                State = DesiredState.Stop,
            }
        );
        Assert.Equal([new AttemptKey(UID, 1)], await _node.Node.Changes.TakeAsync(CancellationToken.None));
        Assert.NotNull(_attempts.Observe(UID, 1));

        _attempts.Apply(
            new DesiredAttempt
            {
                UID = UID,
                Attempt = 1,
                State = DesiredState.Collected,
            }
        );

        Assert.Empty(_attempts.Observe());
    }

    [Fact]
    public void ApplyAll_AttemptThatIsNotNamed_IsGone()
    {
        _attempts.Apply(
            new DesiredAttempt
            {
                UID = UID,
                Attempt = 1,
                State = DesiredState.Stop,
            }
        );

        _attempts.ApplyAll([]);

        Assert.Empty(_attempts.Observe());
    }

    [Fact]
    public async Task Adopt_MoreThanMayBeKept_DropsTheOldestOfTheLargestNamespaceAndNoEndThatIsNotCollected()
    {
        Leave("uncollected", "a", hour: 0, collected: false);
        Leave("a-1", "a", hour: 1, collected: true);
        Leave("a-2", "a", hour: 2, collected: true);
        Leave("a-3", "a", hour: 3, collected: true);
        Leave("b-1", "b", hour: 0, collected: true);

        _attempts.Adopt();

        await Eventually.True(() => !_attempts.Observe().Any(attempt => attempt.UID == "a-1"));
        Assert.Equal(
            ["a-2", "a-3", "b-1", "uncollected"],
            _attempts.Observe().Select(attempt => attempt.UID).Order(StringComparer.Ordinal)
        );
        Assert.False(Directory.Exists(Path.Combine(_node.StateRoot, "a-1-1")));
        Assert.Equal("the result", _attempts.Observe("uncollected", 1)!.End!.Result!.Text);
    }

    [Fact]
    public async Task Apply_OneMoreIsCollected_DropsTheOldest()
    {
        foreach (var hour in Enumerable.Range(1, 4))
        {
            Leave($"a-{hour}", "a", hour, collected: hour < 4);
        }

        _attempts.Adopt();
        Assert.Equal(4, _attempts.Observe().Count());

        _attempts.Apply(
            new DesiredAttempt
            {
                UID = "a-4",
                Attempt = 1,
                State = DesiredState.Collected,
            }
        );

        await Eventually.True(() => _attempts.Observe().Count() == 3);
        Assert.Null(_attempts.Observe("a-1", 1));
    }

    [Fact]
    public async Task Apply_GoOfACollectedAttempt_TellsItsEndAgain()
    {
        Leave("a-1", "a", hour: 1, collected: true);
        _attempts.Adopt();
        Assert.Equal(AttemptStage.Collected, _attempts.Observe("a-1", 1)!.Stage);

        _attempts.Apply(Desired(DesiredState.Go) with { UID = "a-1", Started = true });

        Assert.Contains(new AttemptKey("a-1", 1), await _node.Node.Changes.TakeAsync(CancellationToken.None));
        Assert.Equal(RunReason.Completed, _attempts.Observe("a-1", 1)!.End!.Reason);
    }

    // The files of an attempt that is over, as an earlier bridge leaves them.
    private void Leave(string uid, string @namespace, int hour, bool collected)
    {
        var directory = AttemptDirectory.Create(_node.StateRoot, new AttemptKey(uid, 1));
        directory.Write(
            new AttemptRecord
            {
                UID = uid,
                Attempt = 1,
                Spec = SpecBuilder.Attempt() with { Namespace = @namespace },
                UserID = 10_000,
                BootID = NodeHarness.BootID,
                Deadline = 0,
            }
        );
        directory.Write(
            new AttemptEndRecord
            {
                End = new AttemptEnd
                {
                    Reason = RunReason.Completed,
                    Message = "m",
                    EndedAgoMs = 0,
                    Result = new RunResult { Text = "the result" },
                },
                EndedAt = _clock.GetUtcNow() + TimeSpan.FromHours(hour),
                Collected = collected,
            }
        );
    }

    private async Task<AttemptObservation> OnlyAsync()
    {
        await Eventually.True(() => _attempts.Observe().Count() == 1);
        var observed = Assert.Single(_attempts.Observe());
        Assert.Equal(AttemptStage.Ended, observed.Stage);
        return observed;
    }

    private static DesiredAttempt Desired(DesiredState state) =>
        new()
        {
            UID = UID,
            Attempt = 1,
            State = state,
            Spec = SpecBuilder.Attempt(),
            RemainingMs = 60_000,
        };
}
