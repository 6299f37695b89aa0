using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Storage;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class NodeAttemptsTests : IAsyncDisposable
{
    private const string Installation = "11112222-3333-4444-5555-666677778888";
    private const string UID = "9b2d7c1e-0000-4000-8000-000000000001";

    private readonly string _root = Directory.CreateTempSubdirectory("attempts").FullName;
    private readonly ManualTimeProvider _clock = new();
    private readonly FakeEngine _engine = new();
    private readonly AttemptServices _services;
    private readonly NodeAttempts _supervisor;

    public NodeAttemptsTests()
    {
        _services = new AttemptServices
        {
            StateRoot = _root,
            BootID = "this boot",
            Sandbox = Sandbox(),
            Users = new WorkspaceUsers(),
            Lease = new NodeLease(_clock),
            Changes = new AttemptChanges(),
            Kept = new KeptLimits(3, 1L << 40),
            Clock = _clock,
            Logger = NullLogger.Instance,
        };
        _supervisor = new NodeAttempts(_services, NullLogger<NodeAttempts>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Apply_StopOfAnAttemptThatIsNotHere_EndsItAsCancelled()
    {
        _supervisor.Apply(
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
        _supervisor.Apply(
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
        _supervisor.Apply(Wanted(DesiredState.Go) with { Started = true });

        Assert.Equal(RunReason.NodeLost, (await OnlyAsync()).End!.Reason);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_root));
    }

    [Fact]
    public async Task Apply_GoOfAnAttemptWhoseStateWasLost_IsReportedOnlyWhenNothingOfItIsLeft()
    {
        var names = ContainerNames.Of(Installation, UID, 1);
        foreach (var name in names.Volumes.Append(names.Container))
        {
            _engine.Add(name);
        }

        _engine.Away = true;
        _supervisor.Apply(Wanted(DesiredState.Go) with { Started = true });
        await Eventually.True(() => _clock.ActiveTimers > 0);
        Assert.Empty(_supervisor.Observe());
        Assert.NotEmpty(_engine.Names);

        _engine.Away = false;
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(RunReason.NodeLost, (await OnlyAsync()).End!.Reason);
        Assert.Empty(_engine.Names);
    }

    [Fact]
    public async Task Apply_StateThatCannotBeStored_EndsTheAttemptAndNotTheLink()
    {
        File.WriteAllText(Path.Combine(_root, new AttemptKey(UID, 1).ToString()), "in the way");

        _supervisor.Apply(Wanted(DesiredState.Hold));

        Assert.Equal(RunReason.NodeUnfit, (await OnlyAsync()).End!.Reason);
    }

    [Fact]
    public async Task Apply_EndOfAnAttemptThatNeverBegan_IsReportedUntilItIsCollected()
    {
        _supervisor.Apply(
            new DesiredAttempt
            {
                UID = UID,
                Attempt = 1,
                State = DesiredState.Stop,
            }
        );
        Assert.Equal([new AttemptKey(UID, 1)], await _services.Changes.TakeAsync(CancellationToken.None));
        Assert.NotNull(_supervisor.Observe(UID, 1));

        _supervisor.Apply(
            new DesiredAttempt
            {
                UID = UID,
                Attempt = 1,
                State = DesiredState.Collected,
            }
        );

        Assert.Empty(_supervisor.Observe());
    }

    [Fact]
    public void ApplyAll_AttemptThatIsNotNamed_IsGone()
    {
        _supervisor.Apply(
            new DesiredAttempt
            {
                UID = UID,
                Attempt = 1,
                State = DesiredState.Stop,
            }
        );

        _supervisor.ApplyAll([]);

        Assert.Empty(_supervisor.Observe());
    }

    [Fact]
    public async Task Adopt_MoreThanMayBeKept_DropsTheOldestOfTheLargestNamespaceAndNoEndThatIsNotCollected()
    {
        Leave("uncollected", "a", hour: 0, collected: false);
        Leave("a-1", "a", hour: 1, collected: true);
        Leave("a-2", "a", hour: 2, collected: true);
        Leave("a-3", "a", hour: 3, collected: true);
        Leave("b-1", "b", hour: 0, collected: true);

        _supervisor.Adopt();

        await Eventually.True(() => !_supervisor.Observe().Any(attempt => attempt.UID == "a-1"));
        Assert.Equal(
            ["a-2", "a-3", "b-1", "uncollected"],
            _supervisor.Observe().Select(attempt => attempt.UID).Order(StringComparer.Ordinal)
        );
        Assert.False(Directory.Exists(Path.Combine(_root, "a-1-1")));
        Assert.Equal("the result", _supervisor.Observe("uncollected", 1)!.End!.Result!.Text);
    }

    [Fact]
    public async Task Apply_OneMoreIsCollected_DropsTheOldest()
    {
        foreach (var hour in Enumerable.Range(1, 4))
        {
            Leave($"a-{hour}", "a", hour, collected: hour < 4);
        }

        _supervisor.Adopt();
        Assert.Equal(4, _supervisor.Observe().Count());

        _supervisor.Apply(
            new DesiredAttempt
            {
                UID = "a-4",
                Attempt = 1,
                State = DesiredState.Collected,
            }
        );

        await Eventually.True(() => _supervisor.Observe().Count() == 3);
        Assert.Null(_supervisor.Observe("a-1", 1));
    }

    [Fact]
    public async Task Apply_GoOfACollectedAttempt_TellsItsEndAgain()
    {
        Leave("a-1", "a", hour: 1, collected: true);
        _supervisor.Adopt();
        Assert.Equal(AttemptStage.Collected, _supervisor.Observe("a-1", 1)!.Stage);

        _supervisor.Apply(Wanted(DesiredState.Go) with { UID = "a-1", Started = true });

        Assert.Contains(new AttemptKey("a-1", 1), await _services.Changes.TakeAsync(CancellationToken.None));
        Assert.Equal(RunReason.Completed, _supervisor.Observe("a-1", 1)!.End!.Reason);
    }

    // As a former bridge leaves an attempt that is over.
    private void Leave(string uid, string @namespace, int hour, bool collected)
    {
        var directory = AttemptDirectory.Create(_root, new AttemptKey(uid, 1));
        directory.Write(
            new AttemptRecord
            {
                UID = uid,
                Attempt = 1,
                Spec = SpecBuilder.Attempt() with { Namespace = @namespace },
                UserID = 10_000,
                BootID = "this boot",
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
        await Eventually.True(() => _supervisor.Observe().Count() == 1);
        var observed = Assert.Single(_supervisor.Observe());
        Assert.Equal(AttemptStage.Ended, observed.Stage);
        return observed;
    }

    private SandboxServices Sandbox() =>
        new()
        {
            Podman = _engine,
            Installation = () => Installation,
            Images = null!,
            Catalogue = null!,
            Gateway = null!,
            Git = null!,
            HostPaths = null!,
            Secrets = null!,
            Starts = null!,
            Node = "node-1",
            RunRoot = Path.Combine(_root, "runs"),
            ShimPath = "",
            ClaudeDirectory = null,
            CliVersion = () => null,
            Files = null!,
            EnforcedLimits = () => [],
            Sessions = new NodeSessions(
                Path.Combine(_root, "sessions"),
                new SessionVolumes(_engine, new Installation(_root), "node-1"),
                new WorkspaceUsers(),
                _clock,
                NullLogger<NodeSessions>.Instance
            ),
            Tenants = new StorageTenants(),
            Measurer = new Measurer("", _clock),
            Clock = _clock,
            Logger = NullLogger.Instance,
        };

    private static DesiredAttempt Wanted(DesiredState state) =>
        new()
        {
            UID = UID,
            Attempt = 1,
            State = state,
            Spec = SpecBuilder.Attempt(),
            RemainingMs = 60_000,
        };
}
