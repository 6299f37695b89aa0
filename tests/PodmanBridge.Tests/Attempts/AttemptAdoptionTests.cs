using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Tests.Containers;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>
/// Tests every cause at every step. One bridge is killed before and after each of its writes, and a second bridge follows it. Both use a
/// real folder, and a container that outlives them.
/// </summary>
public sealed class AttemptAdoptionTests : IDisposable
{
    private static readonly AttemptKey Key = new("9b2d7c1e-0000-4000-8000-000000000001", 1);

    private readonly string _root = Directory.CreateTempSubdirectory("adopt").FullName;

    public static TheoryData<string, string> Rows
    {
        get
        {
            var rows = new TheoryData<string, string>();
            rows.Add(nameof(Until.Over), "none");
            foreach (var step in Enum.GetValues<Until>().Where(step => step != Until.Over))
            {
                foreach (var cause in Enum.GetValues<EndCause>())
                {
                    rows.Add(step.ToString(), cause.ToString());
                }
            }

            return rows;
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task KilledBridge_AtEachWrite_IsFollowedByOneThatEndsTheAttemptOnce(string step, string cause)
    {
        var until = Enum.Parse<Until>(step);
        var decided = cause == "none" ? (EndCause?)null : Enum.Parse<EndCause>(cause);
        for (var write = 0; ; write++)
        {
            foreach (var isAfter in new[] { false, true })
            {
                var name = $"{write}-{(isAfter ? "after" : "before")}";
                await using var story = new Story(Path.Combine(_root, name), new Death(write, isAfter))
                {
                    HasSession = until == Until.Entering,
                };
                await story.BeginAsync(until, decided);
                var left = story.Left();
                if (!story.WasKilled)
                {
                    // The test has covered all writes.
                    story.Check(left, decided, name);
                    return;
                }

                await story.AdoptAsync();
                story.Check(left, decided, name);
            }
        }
    }

    [Theory]
    // A running container: the shim reports its state, and the agent then ends by itself.
    [InlineData("waiting", false, false, RunReason.Completed, 1)]
    [InlineData("waiting", true, false, RunReason.Completed, 1)]
    [InlineData("running", true, false, RunReason.Completed, 1)]
    // A container that has ended, and its log.
    [InlineData("exited", true, false, RunReason.Completed, 1)]
    [InlineData("exited", false, false, RunReason.PolicyDenied, 1)]
    // A container that was let go and is gone with its log, or one that was started and whose log is gone.
    [InlineData("lost", true, false, RunReason.NodeLost, 1)]
    [InlineData("without a log", false, false, RunReason.NodeLost, 0)]
    // An attempt that an earlier bridge gave up.
    [InlineData("exited", true, true, RunReason.NodeLost, 1)]
    [InlineData("none", false, true, RunReason.NodeLost, 0)]
    // There is no sign that an agent ever ran, so the attempt is prepared again.
    [InlineData("none", false, false, RunReason.Completed, 1)]
    [InlineData("died waiting", false, false, RunReason.Completed, 1)]
    public async Task Adopt_WhatAnEarlierBridgeLeft_Reason(string container, bool released, bool abandoned, RunReason reason, int agents)
    {
        await using var story = new Story(_root, death: null);

        await story.LeaveAsync(container, released, abandoned);
        await story.AdoptAsync();

        Assert.Equal(reason, story.Directory.ReadEnd()!.End.Reason);
        Assert.Equal(agents, story.Container.AgentsStarted);
        Assert.False(story.Container.Exists);
    }

    [Fact]
    public async Task End_AnEngineThatHangs_IsToldWithinTwoSecondsIfNothingRan()
    {
        await using var story = new Story(_root, death: null, engineHangs: true);

        await story.BeginAsync(Until.Preparing, EndCause.Cancelled);

        Assert.Equal(RunReason.Cancelled, story.Directory.ReadEnd()!.End.Reason);
        Assert.Equal(0, story.Container.AgentsStarted);
    }

    [Fact]
    public async Task Apply_ReleaseThatCannotBeStored_IsNotLetGo()
    {
        await using var story = new Story(_root, death: null) { FailsRelease = true };

        await story.BeginAsync(Until.Over, cause: null);

        Assert.Equal(RunReason.Crashed, story.Directory.ReadEnd()!.End.Reason);
        Assert.Equal(0, story.Container.AgentsStarted);
    }

    /// <summary>How far the attempt is when the cause is decided.</summary>
    private enum Until
    {
        Entering,
        Preparing,
        Greeting,
        Held,
        Releasing,
        Running,
        Over,
    }

    /// <summary>When the first bridge is killed.</summary>
    private sealed record Death(int Write, bool IsAfter);

    /// <summary>What was on disk when the first bridge was gone, and whether its agent had run.</summary>
    private sealed record Remains(AttemptRecord? Record, AttemptEndRecord? End, int Agents);

    /// <summary>The bridges of one attempt, one after the other.</summary>
    private sealed class Story : IAsyncDisposable
    {
        private static readonly AttemptSession Session = new()
        {
            UID = "session",
            Name = "s",
            StorageBytes = 1 << 30,
        };

        private readonly FakeEngine _engine = new();
        private readonly ManualTimeProvider _clock = new();
        private readonly CancellationTokenSource _over = new();
        private readonly Task _ticking;
        private readonly string _root;
        private readonly Death? _death;
        private readonly List<NodeHarness> _nodes = [];
        private readonly BridgeLife _firstLife = new();

        public Story(string root, Death? death, bool engineHangs = false)
        {
            (_root, _death) = (root, death);
            Directory = AttemptDirectory.Create(System.IO.Directory.CreateDirectory(Path.Combine(root, "state")).FullName, Key);
            Container = new FakeContainer(Directory.LogPath) { EngineHangs = engineHangs };
            _ticking = TickAsync();
        }

        public AttemptDirectory Directory { get; }

        public FakeContainer Container { get; }

        public bool WasKilled => _firstLife.IsDead;

        public bool FailsRelease { get; init; }

        /// <summary>Whether the attempt is part of a session, which another attempt has at first.</summary>
        public bool HasSession { get; init; }

        private AttemptSpec Spec => HasSession ? SpecBuilder.Attempt() with { Session = Session } : SpecBuilder.Attempt();

        public async ValueTask DisposeAsync()
        {
            _firstLife.Kill();
            await _over.CancelAsync();
            await _ticking;
            foreach (var node in _nodes)
            {
                await node.DisposeAsync();
            }

            _over.Dispose();
        }

        /// <summary>Runs the first bridge, up to its death or to the end of the attempt.</summary>
        public async Task BeginAsync(Until until, EndCause? cause)
        {
            var node = Node(_firstLife);
            var store = new DyingStore(Directory, _firstLife, _death) { FailsRelease = FailsRelease };
            var record = Record();
            Directory.Write(record);
            var attempt = new Attempt(new AttemptState { Record = record }, store, node.Works, node.Node, NullLogger.Instance);
            await DriveAsync(node, attempt, _firstLife, until, cause);
        }

        /// <summary>What the first bridge left.</summary>
        public Remains Left() => new(Directory.ReadRecord(), Directory.ReadEnd(), Container.AgentsStarted);

        /// <summary>Creates what a bridge has left.</summary>
        public Task LeaveAsync(string container, bool released, bool abandoned)
        {
            if (container is not "none")
            {
                Container.Create();
            }

            if (container is "running" or "exited" or "lost")
            {
                Container.Go(isRecorded: true);
            }

            switch (container)
            {
                case "exited":
                    Container.Exit();
                    break;
                case "died waiting":
                    Container.Die();
                    break;
                case "without a log":
                    Container.Die();
                    File.Delete(Directory.LogPath);
                    break;
                case "lost":
                    Container.Remove();
                    File.Delete(Directory.LogPath);
                    break;
            }

            Directory.Write(Record() with { Released = released, Abandoned = abandoned });
            return Task.CompletedTask;
        }

        /// <summary>Runs the second bridge, up to the end of the attempt.</summary>
        public async Task AdoptAsync()
        {
            var life = new BridgeLife();
            var node = Node(life);
            if (Directory.ReadRecord() is not { } record)
            {
                return;
            }

            var end = Directory.ReadEnd();
            var found = new AttemptState
            {
                Record = record,
                End = end,
                IsAdopted = true,
                Stage = end is null ? AttemptStage.Preparing : AttemptStage.Ended,
            };
            var attempt = new Attempt(found, Directory, node.Works, node.Node, NullLogger.Instance);
            var cause = record.Cause == EndCause.Dropped ? EndCause.Dropped : (EndCause?)null;
            await DriveAsync(node, attempt, life, Until.Over, cause);
        }

        public void Check(Remains left, EndCause? cause, string name)
        {
            Assert.False(Container.WasLetGoUnrecorded, $"{name}: let go without a record");
            Assert.True(Container.AgentsStarted <= 1, $"{name}: {Container.AgentsStarted} agents");
            Assert.False(Container.Exists, $"{name}: the container is left");
            Assert.False(System.IO.Directory.Exists(Path.Combine(_root, "runs", Key.ToString())), $"{name}: the run directory is left");
            if ((left.Record is null || left.Record.Cause == EndCause.Dropped) && left.End is null)
            {
                Assert.False(System.IO.Directory.Exists(Directory.Path), $"{name}: the folder is left");
                Assert.True(HasSession || _engine.Names.Count == 0, $"{name}: volumes are left");
                return;
            }

            if (!System.IO.Directory.Exists(Directory.Path))
            {
                Assert.Equal(EndCause.Dropped, cause);
                return;
            }

            var end = Directory.ReadEnd()!.End;
            if (left.End is not null)
            {
                Assert.Equal(left.End.End.Reason, end.Reason);
            }
            else if (left.Record!.Cause is { } stored)
            {
                Assert.True(ReasonOf(stored) == end.Reason, $"{name}: {end.Reason}: {end.Message}");
            }
            else
            {
                // The cause was not on disk, so it did not happen. The agent ran to its end, under one bridge or the other.
                Assert.True(end.Reason == RunReason.Completed, $"{name}: {end.Reason}: {end.Message}");
                Assert.Equal(1, Container.AgentsStarted);
            }
        }

        // Does what an operator and an agent do, until the attempt is over or its bridge is dead.
        private async Task DriveAsync(NodeHarness node, Attempt attempt, BridgeLife life, Until until, EndCause? cause)
        {
            if (until == Until.Entering)
            {
                await node.Sessions.EnterAsync("session", new AttemptKey("another", 1), CancellationToken.None);
            }

            Guarded(attempt.Take, life);
            foreach (var step in Enum.GetValues<Until>().Where(step => step <= until))
            {
                await Eventually.True(() => life.IsDead || IsAt(attempt, step));
                if (step < until || cause is null || until == Until.Over)
                {
                    LetOn(node, attempt, life, step);
                }
            }

            if (cause is { } decided && until != Until.Over)
            {
                Guarded(() => End(attempt, decided), life);
            }

            if (cause == EndCause.Dropped)
            {
                Guarded(attempt.Drop, life);
            }

            await Eventually.True(() =>
                life.IsDead
                || attempt.Gone.IsCompleted
                || (Container.EngineHangs ? attempt.Observe().End is not null : attempt.FinishedAt is not null)
            );
        }

        private static void End(Attempt attempt, EndCause cause)
        {
            if (cause != EndCause.Dropped)
            {
                attempt.End(cause);
            }
        }

        private static bool IsAt(Attempt attempt, Until until) =>
            until == Until.Over || attempt.Step >= Enum.Parse<AttemptStep>(until.ToString());

        private void LetOn(NodeHarness node, Attempt attempt, BridgeLife life, Until step)
        {
            switch (step)
            {
                case Until.Entering:
                    node.Sessions.Leave("session", new AttemptKey("another", 1));
                    break;
                case Until.Preparing:
                    Container.Starting.TrySetResult();
                    break;
                case Until.Greeting:
                    Container.Calling.TrySetResult();
                    break;
                case Until.Held:
                    Guarded(() => attempt.Apply(Go()), life);
                    break;
                case Until.Releasing:
                    node.Lease.Extend(_clock.GetTimestamp(), TimeSpan.FromDays(1));
                    break;
                case Until.Running:
                    _ = ExitSoonAsync();
                    break;
            }
        }

        private async Task ExitSoonAsync()
        {
            await Eventually.True(() => _over.IsCancellationRequested || Container.AgentsStarted > 0 || !Container.Running);
            Container.Exit();
        }

        private static void Guarded(Action act, BridgeLife life)
        {
            try
            {
                act();
            }
            catch (BridgeKilledException) when (life.IsDead)
            {
                // This is the expected outcome.
            }
        }

        private NodeHarness Node(BridgeLife life)
        {
            var node = new NodeHarness(
                _root,
                _engine,
                _clock,
                new NodeHarnessOptions { Containers = _ => new FakeShimContainers(Container, life) }
            );
            node.Sessions.Adopt();
            node.Sessions.Open(Session);
            _nodes.Add(node);
            return node;
        }

        private async Task TickAsync()
        {
            while (!_over.IsCancellationRequested)
            {
                _clock.Advance(TimeSpan.FromMilliseconds(100));
                await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System);
            }
        }

        private AttemptRecord Record() =>
            new()
            {
                UID = Key.UID,
                Attempt = Key.Attempt,
                Spec = Spec,
                UserID = 20_001,
                BootID = NodeHarness.BootID,
                Deadline = TimeSpan.FromDays(1).Ticks,
            };

        private DesiredAttempt Go() =>
            new()
            {
                UID = Key.UID,
                Attempt = Key.Attempt,
                State = DesiredState.Go,
                Spec = Spec,
                Secrets = new AttemptSecrets { Prompt = "" },
            };

        private static RunReason ReasonOf(EndCause cause) =>
            cause switch
            {
                EndCause.Suspended => RunReason.Suspended,
                EndCause.SessionDeleted => RunReason.SessionLost,
                EndCause.TimedOut => RunReason.TimedOut,
                EndCause.LeaseOver => RunReason.NodeLost,
                EndCause.BudgetExceeded => RunReason.BudgetExceeded,
                EndCause.StorageExceeded => RunReason.StorageLimitExceeded,
                _ => RunReason.Cancelled,
            };
    }

    /// <summary>A folder that kills its bridge at the n-th write.</summary>
    private sealed class DyingStore(AttemptDirectory directory, BridgeLife life, Death? death) : IAttemptStore
    {
        private int _writes;

        public bool FailsRelease { get; init; }

        public string LogPath => directory.LogPath;

        public void Write(AttemptRecord record)
        {
            if (FailsRelease && record.Released)
            {
                throw new IOException("No space left on device");
            }

            Write(() => directory.Write(record));
        }

        public void Write(AttemptEndRecord end) => Write(() => directory.Write(end));

        public long Bytes() => directory.Bytes();

        public void Delete()
        {
            life.Demand();
            directory.Delete();
        }

        private void Write(Action write)
        {
            life.Demand();
            var isLast = _writes++ == death?.Write;
            if (!isLast || death!.IsAfter)
            {
                write();
            }

            if (isLast)
            {
                life.Kill();
            }

            life.Demand();
        }
    }
}
