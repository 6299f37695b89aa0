using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Runs;
using Stromboli.PodmanBridge.Sandbox;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Storage;
using Stromboli.PodmanBridge.Tests.Podman;
using Stromboli.PodmanBridge.Tests.Sandbox;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Runs;

public sealed class RunSupervisorTests : IAsyncDisposable
{
    private const string Installation = "11112222-3333-4444-5555-666677778888";
    private const string UID = "9b2d7c1e-0000-4000-8000-000000000001";

    private readonly string _root = Directory.CreateTempSubdirectory("attempts").FullName;
    private readonly ManualTimeProvider _time = new();
    private readonly FakeEngine _engine = new();
    private readonly AttemptServices _services;
    private readonly RunSupervisor _supervisor;

    public RunSupervisorTests()
    {
        _services = new AttemptServices
        {
            StateRoot = _root,
            BootID = "this boot",
            Sandbox = Sandbox(),
            Users = new WorkspaceUsers(),
            Lease = new NodeLease(_time),
            Changes = new AttemptChanges(),
            Time = _time,
            Logger = NullLogger.Instance,
        };
        _supervisor = new RunSupervisor(_services, NullLogger<RunSupervisor>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await _supervisor.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Apply_StopOfAnAttemptThatIsNotHere_EndsItAsCancelled()
    {
        _supervisor.Apply(new DesiredAttempt { UID = UID, Attempt = 1, State = DesiredState.Stop, Cause = StopCause.Cancelled });

        Assert.Equal(RunReason.Cancelled, (await OnlyAsync()).End!.Reason);
    }

    [Fact]
    public async Task Apply_SuspendOfAnAttemptThatIsNotHere_EndsItAsSuspended()
    {
        _supervisor.Apply(new DesiredAttempt { UID = UID, Attempt = 1, State = DesiredState.Stop, Cause = StopCause.Suspended });

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
            _engine.Add(name);
        _engine.Away = true;
        _supervisor.Apply(Wanted(DesiredState.Go) with { Started = true });
        await Eventually.True(() => _time.ActiveTimers > 0);
        Assert.Empty(_supervisor.Observe());
        Assert.NotEmpty(_engine.Names);

        _engine.Away = false;
        _time.Advance(TimeSpan.FromSeconds(1));

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
        _supervisor.Apply(new DesiredAttempt { UID = UID, Attempt = 1, State = DesiredState.Stop });
        Assert.Equal([new AttemptKey(UID, 1)], await _services.Changes.TakeAsync(CancellationToken.None));
        Assert.NotNull(_supervisor.Observe(UID, 1));

        _supervisor.Apply(new DesiredAttempt { UID = UID, Attempt = 1, State = DesiredState.Collected });

        Assert.Empty(_supervisor.Observe());
    }

    [Fact]
    public void ApplyAll_AttemptThatIsNotNamed_IsGone()
    {
        _supervisor.Apply(new DesiredAttempt { UID = UID, Attempt = 1, State = DesiredState.Stop });

        _supervisor.ApplyAll([]);

        Assert.Empty(_supervisor.Observe());
    }

    private async Task<AttemptObservation> OnlyAsync()
    {
        await Eventually.True(() => _supervisor.Observe().Count == 1);
        var observed = Assert.Single(_supervisor.Observe());
        Assert.Equal(AttemptStage.Ended, observed.Stage);
        return observed;
    }

    private SandboxServices Sandbox() => new()
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
        RunRoot = _root,
        ShimPath = "",
        ClaudeDirectory = null,
        CliVersion = () => null,
        Files = null!,
        EnforcedLimits = () => [],
        Sessions = new NodeSessions(Path.Combine(_root, "sessions"), new SessionVolumes(_engine, new Installation(_root), "node-1"), new WorkspaceUsers(), _time, NullLogger<NodeSessions>.Instance),
        Tenants = new StorageTenants(),
        Measurer = new Measurer("", _time),
        Time = _time,
        Logger = NullLogger.Instance,
    };

    private static DesiredAttempt Wanted(DesiredState state) => new()
    {
        UID = UID,
        Attempt = 1,
        State = state,
        Spec = SpecBuilder.Attempt(),
        RemainingMs = 60_000,
    };
}
