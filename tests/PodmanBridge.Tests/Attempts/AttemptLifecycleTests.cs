using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Tests.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>The life of an attempt as a table: the step, the event, the next step, and the effects in order.</summary>
public sealed class AttemptLifecycleTests
{
    private const string Told = "end stored, reported";

    private static readonly AttemptEndRecord End = new()
    {
        End = new AttemptEnd
        {
            Reason = RunReason.Completed,
            Message = "m",
            EndedAgoMs = 0,
            Result = new RunResult { Text = "text" },
        },
        EndedAt = DateTimeOffset.UnixEpoch,
    };

    private static readonly Row[] Table =
    [
        // The way forward.
        new(
            "a new attempt waits for its session",
            At(AttemptStep.New),
            new AttemptEvent.Taken(),
            AttemptStep.Entering,
            "deadline armed, enters its session"
        ),
        new(
            "a new attempt is prepared at once",
            Working(AttemptStep.Entering),
            new AttemptEvent.SessionEntered(),
            AttemptStep.Preparing,
            "prepares"
        ),
        new(
            "a container that was started is listened to",
            Working(AttemptStep.Preparing),
            new AttemptEvent.ContainerStarted(),
            AttemptStep.Greeting,
            "awaits the shim"
        ),
        new("a shim that waits is held", Working(AttemptStep.Greeting), Waits, AttemptStep.Held, "reported"),
        new(
            "a go that came before is taken",
            Working(AttemptStep.Greeting) with
            {
                GoReceived = true,
            },
            Waits,
            AttemptStep.Releasing,
            "reported, prepares the go"
        ),
        new(
            "a go lets an attempt that is held go",
            At(AttemptStep.Held),
            new AttemptEvent.GoReceived(),
            AttemptStep.Releasing,
            "prepares the go"
        ),
        new(
            "a go is kept while the attempt is prepared",
            Working(AttemptStep.Preparing),
            new AttemptEvent.GoReceived(),
            AttemptStep.Preparing,
            ""
        ),
        new(
            "the release is stored before the shim is told",
            Working(AttemptStep.Releasing),
            new AttemptEvent.ReadyToGo(HasHooks: false),
            AttemptStep.Running,
            "release stored, let go"
        ),
        new(
            "hooks are a stage of their own",
            Working(AttemptStep.Releasing),
            new AttemptEvent.ReadyToGo(HasHooks: true),
            AttemptStep.Running,
            "release stored, reported, let go"
        ),
        new(
            "a release that is on record is not stored again",
            Released(Working(AttemptStep.Releasing)),
            new AttemptEvent.ReadyToGo(HasHooks: false),
            AttemptStep.Running,
            "let go"
        ),
        new(
            "a release that cannot be stored does not happen",
            Working(AttemptStep.Releasing),
            new AttemptEvent.ReleaseNotStored("full"),
            AttemptStep.Concluding,
            "tells Crashed"
        ),
        new(
            "a session has begun once an agent runs",
            Released(At(AttemptStep.Running)),
            new AttemptEvent.AgentStarted(null, 1),
            AttemptStep.Running,
            "session begun, record stored, reported"
        ),
        new(
            "an agent that starts again is no news",
            Started(At(AttemptStep.Running)),
            new AttemptEvent.AgentStarted(null, 2),
            AttemptStep.Running,
            "session begun"
        ),
        new(
            "the agent is over",
            Released(At(AttemptStep.Running)),
            new AttemptEvent.ContainerOver(),
            AttemptStep.Concluding,
            "reads the end"
        ),
        new(
            "an end is stored before it is told, and the container goes",
            Reading(Released(At(AttemptStep.Concluding))),
            Ended,
            AttemptStep.Removing,
            $"{Told}, removes the container"
        ),
        new(
            "an attempt is done when its container is gone",
            Over(At(AttemptStep.Removing)),
            new AttemptEvent.ContainerRemoved(),
            AttemptStep.Done,
            ""
        ),
        // What a restarted bridge finds.
        new("an end on disk", Over(Adopted(AttemptStep.New)), new AttemptEvent.Taken(), AttemptStep.Removing, "removes the container"),
        new(
            "a cause on disk",
            Caused(Adopted(AttemptStep.New), EndCause.Cancelled),
            new AttemptEvent.Taken(),
            AttemptStep.Stopping,
            "kills"
        ),
        new(
            "an attempt of an earlier bridge is looked for",
            Working(Adopted(AttemptStep.Entering)),
            new AttemptEvent.SessionEntered(),
            AttemptStep.Looking,
            "looks for the container"
        ),
        new(
            "a running container",
            Working(Adopted(AttemptStep.Looking)),
            new AttemptEvent.ContainerFound(FoundContainer.Running),
            AttemptStep.Greeting,
            "awaits the shim"
        ),
        new("a running agent", Working(Released(Adopted(AttemptStep.Greeting))), Runs, AttemptStep.Running, ""),
        new("running hooks", Working(Released(Adopted(AttemptStep.Greeting))), RunsHooks, AttemptStep.Running, "reported"),
        new(
            "the model opens only once the operator has confirmed the attempt",
            Released(Adopted(AttemptStep.Running)),
            new AttemptEvent.GoReceived(),
            AttemptStep.Running,
            "opens the model"
        ),
        new(
            "a running container whose shim does not call",
            Working(Released(Adopted(AttemptStep.Greeting))),
            Silent,
            AttemptStep.RemovingFirst,
            "record stored, removes the container"
        ),
        new(
            "a container that has ended, and its log",
            Working(Adopted(AttemptStep.Looking)),
            new AttemptEvent.ContainerFound(FoundContainer.Exited),
            AttemptStep.Concluding,
            "reads the end"
        ),
        new(
            "an agent of which nothing tells",
            Working(Released(Adopted(AttemptStep.Looking))),
            new AttemptEvent.ContainerFound(FoundContainer.Lost),
            AttemptStep.RemovingFirst,
            "record stored, removes the container"
        ),
        new(
            "no sign of an agent",
            Working(Adopted(AttemptStep.Looking)),
            new AttemptEvent.ContainerFound(FoundContainer.None),
            AttemptStep.Preparing,
            "prepares anew"
        ),
        // Causes.
        new(
            "the first cause is stored before anything is stopped",
            At(AttemptStep.Held),
            Cancel,
            AttemptStep.Stopping,
            "record stored, kills, awaits a slow stop"
        ),
        new(
            "work that is under way is given up first",
            Working(AttemptStep.Preparing),
            Cancel,
            AttemptStep.Leaving,
            "record stored, gives up its work, awaits a slow stop"
        ),
        new(
            "then the container is killed",
            Working(Caused(At(AttemptStep.Leaving), EndCause.Cancelled)),
            new AttemptEvent.WorkEnded(),
            AttemptStep.Stopping,
            "kills"
        ),
        new(
            "work that came to its end all the same leads nowhere",
            Working(Caused(At(AttemptStep.Leaving), EndCause.Cancelled)),
            new AttemptEvent.ReadyToGo(HasHooks: false),
            AttemptStep.Stopping,
            "kills"
        ),
        new(
            "a refusal after a cause changes nothing",
            Working(Caused(At(AttemptStep.Leaving), EndCause.Cancelled)),
            Unfit,
            AttemptStep.Stopping,
            "kills"
        ),
        new(
            "an agent that runs is asked first",
            Listening(Released(At(AttemptStep.Running))),
            Cancel,
            AttemptStep.Stopping,
            "record stored, asks for 1s and kills, awaits a slow stop"
        ),
        new(
            "what fills the disk gets no time",
            Listening(Released(At(AttemptStep.Running))),
            new AttemptEvent.CauseDecided(EndCause.StorageExceeded),
            AttemptStep.Stopping,
            "record stored, asks for 0s and kills, awaits a slow stop"
        ),
        new(
            "what an earlier bridge began may have run, however slow the stop",
            Listening(Released(Adopted(AttemptStep.Running))),
            Cancel,
            AttemptStep.Stopping,
            "record stored, asks for 1s and kills"
        ),
        new("a second cause does not count", Caused(At(AttemptStep.Stopping), EndCause.TimedOut), Cancel, AttemptStep.Stopping, ""),
        new(
            "a cause after the agent is over does not count",
            Reading(Released(At(AttemptStep.Concluding))),
            Cancel,
            AttemptStep.Concluding,
            ""
        ),
        new("a cause after the end does not count", Over(At(AttemptStep.Removing)), Cancel, AttemptStep.Removing, ""),
        new(
            "what was stopped is concluded",
            Caused(At(AttemptStep.Stopping), EndCause.Cancelled),
            new AttemptEvent.Stopped(),
            AttemptStep.Concluding,
            "reads the end"
        ),
        new(
            "a slow stop of what never ran is told without the engine",
            Caused(At(AttemptStep.Stopping), EndCause.Cancelled),
            new AttemptEvent.StopWasSlow(),
            AttemptStep.Stopping,
            "reads the end"
        ),
        new(
            "also while work is being given up",
            Working(Caused(At(AttemptStep.Leaving), EndCause.TimedOut)),
            new AttemptEvent.StopWasSlow(),
            AttemptStep.Leaving,
            "reads the end"
        ),
        new(
            "and the container is removed when the engine is back",
            Over(Caused(At(AttemptStep.Stopping), EndCause.Cancelled)),
            new AttemptEvent.Stopped(),
            AttemptStep.Removing,
            "removes the container"
        ),
        new(
            "a slow stop of an agent is waited for",
            Caused(Released(At(AttemptStep.Stopping)), EndCause.Cancelled),
            new AttemptEvent.StopWasSlow(),
            AttemptStep.Stopping,
            ""
        ),
        // Refusals.
        new(
            "a refusal before anything ran is told at once",
            Working(AttemptStep.Preparing),
            Unfit,
            AttemptStep.Concluding,
            "tells NodeUnfit"
        ),
        new(
            "a failure before anything ran is the node's",
            Working(AttemptStep.Preparing),
            Silent,
            AttemptStep.Concluding,
            "tells NodeUnfit"
        ),
        new(
            "a refusal of what may have run waits for its removal",
            Working(Adopted(AttemptStep.Preparing)),
            Unfit,
            AttemptStep.RemovingFirst,
            "record stored, removes the container"
        ),
        new(
            "so does a denial, which says nothing of the log",
            Working(Adopted(AttemptStep.Greeting)),
            Denied,
            AttemptStep.RemovingFirst,
            "removes the container"
        ),
        new(
            "a lost attempt is removed before another may follow",
            Working(AttemptStep.Preparing),
            Lost,
            AttemptStep.RemovingFirst,
            "record stored, removes the container"
        ),
        new(
            "then it is told",
            Refused(At(AttemptStep.RemovingFirst)),
            new AttemptEvent.ContainerRemoved(),
            AttemptStep.Concluding,
            "tells NodeLost"
        ),
        new(
            "another program in the place of the shim",
            Listening(At(AttemptStep.Held)),
            new AttemptEvent.ShimDenied("other"),
            AttemptStep.Concluding,
            "tells PolicyDenied"
        ),
        new(
            "a container that dies while it is held",
            At(AttemptStep.Held),
            new AttemptEvent.ContainerOver(),
            AttemptStep.Concluding,
            "reads the end"
        ),
        new(
            "a container that dies while its workspace is cloned",
            Working(AttemptStep.Releasing),
            new AttemptEvent.ContainerOver(),
            AttemptStep.Leaving,
            "gives up its work"
        ),
        new(
            "a container that dies before its shim calls",
            Working(AttemptStep.Greeting),
            new AttemptEvent.WorkEnded(),
            AttemptStep.Concluding,
            "reads the end"
        ),
        // The operator no longer wants the attempt.
        new(
            "a drop of what runs kills without asking",
            Listening(Released(At(AttemptStep.Running))),
            new AttemptEvent.Dropped(),
            AttemptStep.Stopping,
            "record stored, kills, awaits a slow stop"
        ),
        new(
            "a drop follows another cause",
            Caused(At(AttemptStep.Stopping), EndCause.TimedOut),
            new AttemptEvent.Dropped(),
            AttemptStep.Stopping,
            "record stored"
        ),
        new(
            "of what was dropped no end is told",
            Dropped(Caused(At(AttemptStep.Stopping), EndCause.Dropped)),
            new AttemptEvent.Stopped(),
            AttemptStep.Dropping,
            "removes everything"
        ),
        new(
            "an end that is known too late is not told",
            Dropped(Reading(At(AttemptStep.Concluding))),
            Ended,
            AttemptStep.Dropping,
            "removes everything"
        ),
        new("a drop of what is over", Over(At(AttemptStep.Done)), new AttemptEvent.Dropped(), AttemptStep.Dropping, "removes everything"),
        new(
            "a drop waits for a removal that is under way",
            Over(At(AttemptStep.Removing)),
            new AttemptEvent.Dropped(),
            AttemptStep.Removing,
            ""
        ),
        new(
            "and goes on after it",
            Dropped(Over(At(AttemptStep.Removing))),
            new AttemptEvent.ContainerRemoved(),
            AttemptStep.Dropping,
            "removes everything"
        ),
        new("nothing is left", Dropped(At(AttemptStep.Dropping)), new AttemptEvent.EverythingRemoved(), AttemptStep.Gone, ""),
        // The operator and its record.
        new(
            "a collected end loses what only the operator needs",
            Over(At(AttemptStep.Done)),
            new AttemptEvent.Collected(),
            AttemptStep.Done,
            "end stored"
        ),
        new(
            "a collected end that is asked for is told again",
            Collected(At(AttemptStep.Done)),
            new AttemptEvent.NotCollected(),
            AttemptStep.Done,
            Told
        ),
        new(
            "the operator's clock moves the deadline",
            At(AttemptStep.Held),
            new AttemptEvent.DeadlineMoved(7),
            AttemptStep.Held,
            "record stored, deadline armed"
        ),
        new(
            "not after a cause",
            Caused(At(AttemptStep.Stopping), EndCause.Cancelled),
            new AttemptEvent.DeadlineMoved(7),
            AttemptStep.Stopping,
            ""
        ),
        // The bridge stops.
        new(
            "a bridge that stops ends nothing",
            Released(At(AttemptStep.Running)),
            new AttemptEvent.BridgeStopping(),
            AttemptStep.Closed,
            ""
        ),
        new("and decides nothing any more", At(AttemptStep.Closed), Cancel, AttemptStep.Closed, ""),
    ];

    public static TheoryData<int, string> Rows => [.. Table.Select((row, index) => new TheoryDataRow<int, string>(index, row.Name))];

    private static AttemptEvent Waits => new AttemptEvent.ShimGreeted(Waits: true, RunsHooks: false);

    private static AttemptEvent Runs => new AttemptEvent.ShimGreeted(Waits: false, RunsHooks: false);

    private static AttemptEvent RunsHooks => new AttemptEvent.ShimGreeted(Waits: false, RunsHooks: true);

    private static AttemptEvent Cancel => new AttemptEvent.CauseDecided(EndCause.Cancelled);

    private static AttemptEvent Unfit => new AttemptEvent.Refused(RunReason.NodeUnfit, "m");

    private static AttemptEvent Denied => new AttemptEvent.Refused(RunReason.PolicyDenied, "m");

    private static AttemptEvent Lost => new AttemptEvent.Refused(RunReason.NodeLost, "m");

    private static AttemptEvent Silent => new AttemptEvent.Failed("m", IsTimeout: true);

    private static AttemptEvent Ended => new AttemptEvent.EndKnown(End);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Next_Row_StepAndEffects(int row, string name)
    {
        var (_, given, happened, step, effects) = Table[row];

        var (state, done) = AttemptLifecycle.Next(given, happened);

        Assert.True(step == state.Step, $"{name}: {state.Step}");
        Assert.Equal(effects, string.Join(", ", done.Select(effect => Text(effect, given))));
    }

    [Fact]
    public void Next_AnyEventInAnyStep_NeverLetsGoWithoutARecordOrAfterACause()
    {
        var states = Enum.GetValues<AttemptStep>()
            .SelectMany(step => new[] { At(step), Working(step), Caused(Working(step), EndCause.TimedOut) });
        foreach (var state in states)
        {
            foreach (var row in Table)
            {
                var (next, effects) = AttemptLifecycle.Next(state, row.Happened);
                if (effects.Any(effect => effect is AttemptEffect.LetGo))
                {
                    Assert.True(next.Record.Released);
                    Assert.Null(next.Record.Cause);
                    Assert.IsType<AttemptEffect.StoreRecord>(effects[0]);
                }

                Assert.False(state.Record.Cause is not null && next.Record.Cause is not (EndCause.TimedOut or EndCause.Dropped));
            }
        }
    }

    [Fact]
    public void Next_Stage_NeverGoesBack()
    {
        var running = AttemptLifecycle.Next(Released(At(AttemptStep.Running)), new AttemptEvent.AgentStarted(null, 1)).State;

        var (state, effects) = AttemptLifecycle.Next(Working(running with { Step = AttemptStep.Greeting }), Waits);

        Assert.Equal(AttemptStage.Running, state.Stage);
        Assert.Empty(effects);
    }

    [Fact]
    public void Next_Collected_LosesResultAndHooksAndTellsOnlyItsKey()
    {
        var state = AttemptLifecycle.Next(Over(At(AttemptStep.Done)), new AttemptEvent.Collected()).State;

        Assert.Equal((true, RunReason.Completed, null), (state.End!.Collected, state.End.End.Reason, state.End.End.Result));
        Assert.Equal(
            new AttemptObservation
            {
                UID = state.Record.UID,
                Attempt = 1,
                Stage = AttemptStage.Collected,
            },
            state.Observe(DateTimeOffset.UnixEpoch, runningMs: null)
        );
    }

    [Fact]
    public void Observe_End_SaysHowLongAgo() =>
        Assert.Equal(5000, Over(At(AttemptStep.Done)).Observe(DateTimeOffset.UnixEpoch.AddSeconds(5), runningMs: null).End!.EndedAgoMs);

    [Theory]
    [InlineData(true, RunReason.Crashed)]
    [InlineData(false, RunReason.NodeUnfit)]
    public void Next_FailureOfWhatMayHaveRun_IsNotBegunAgainIfItsShimIsSilent(bool silent, RunReason reason)
    {
        var state = Working(Released(Adopted(AttemptStep.Greeting)));

        Assert.Equal(reason, AttemptLifecycle.Next(state, new AttemptEvent.Failed("m", silent)).State.Refusal!.Reason);
    }

    private static AttemptState At(AttemptStep step) =>
        new()
        {
            Record = new AttemptRecord
            {
                UID = "9b2d7c1e-0000-4000-8000-000000000001",
                Attempt = 1,
                Spec = SpecBuilder.Attempt(),
                UserID = 10_000,
                BootID = "this boot",
                Deadline = 0,
            },
            Step = step,
        };

    private static AttemptState Adopted(AttemptStep step) => At(step) with { IsAdopted = true };

    private static AttemptState Working(AttemptStep step) => Working(At(step));

    private static AttemptState Working(AttemptState state) => state with { IsWorking = true };

    private static AttemptState Listening(AttemptState state) => state with { IsListening = true };

    private static AttemptState Reading(AttemptState state) => state with { IsReading = true };

    private static AttemptState Dropped(AttemptState state) => state with { IsDropped = true };

    private static AttemptState Refused(AttemptState state) =>
        state with
        {
            Refusal = new AttemptRefusal(RunReason.NodeLost, "m") { RemovesFirst = true },
        };

    private static AttemptState Released(AttemptState state) => state with { Record = state.Record with { Released = true } };

    private static AttemptState Started(AttemptState state) =>
        state with
        {
            Record = state.Record with { Released = true, StartedAt = 1 },
            Stage = AttemptStage.Running,
        };

    private static AttemptState Caused(AttemptState state, EndCause cause) => state with { Record = state.Record with { Cause = cause } };

    private static AttemptState Over(AttemptState state) => state with { End = End, Stage = AttemptStage.Ended };

    private static AttemptState Collected(AttemptState state) =>
        state with
        {
            End = (End with { Collected = true }).WithoutWhatIsCollected(),
            Stage = AttemptStage.Ended,
        };

    private static string Text(AttemptEffect effect, AttemptState given) =>
        effect switch
        {
            AttemptEffect.StoreRecord { Required: true } => "release stored",
            AttemptEffect.StoreRecord => "record stored",
            AttemptEffect.StoreEnd => "end stored",
            AttemptEffect.Report => "reported",
            AttemptEffect.MarkSessionBegun => "session begun",
            AttemptEffect.ArmDeadline => "deadline armed",
            AttemptEffect.AwaitSlowStop => "awaits a slow stop",
            AttemptEffect.EnterSession => "enters its session",
            AttemptEffect.Look => "looks for the container",
            AttemptEffect.Prepare { Replaces: true } => "prepares anew",
            AttemptEffect.Prepare => "prepares",
            AttemptEffect.Greet => "awaits the shim",
            AttemptEffect.PrepareGo => "prepares the go",
            AttemptEffect.AdmitModel => "opens the model",
            AttemptEffect.LetGo => "let go",
            AttemptEffect.CancelWork => "gives up its work",
            AttemptEffect.Stop { Grace: { } grace } => $"asks for {grace.TotalSeconds:0}s and kills",
            AttemptEffect.Stop => "kills",
            AttemptEffect.ReadEnd { Refusal: { } refusal } => $"tells {refusal.Reason}",
            AttemptEffect.ReadEnd => "reads the end",
            AttemptEffect.RemoveContainer => "removes the container",
            AttemptEffect.RemoveEverything => "removes everything",
            _ => throw new ArgumentOutOfRangeException(nameof(effect), given.Step, null),
        };

    private sealed record Row(string Name, AttemptState Given, AttemptEvent Happened, AttemptStep Step, string Effects);
}
