using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The life of one attempt as a pure state machine: a state and an event give the next state and the effects to perform. Nothing here
/// waits, writes or asks. <see cref="Attempt"/> performs the effects in order, and feeds back their results as events.
/// <para>
/// The way forward is <see cref="AttemptStep.Entering"/> → (<see cref="AttemptStep.Looking"/>, for an attempt that an earlier bridge left)
/// → <see cref="AttemptStep.Preparing"/> → <see cref="AttemptStep.Greeting"/> → <see cref="AttemptStep.Held"/> →
/// <see cref="AttemptStep.Releasing"/> → <see cref="AttemptStep.Running"/> → <see cref="AttemptStep.Concluding"/> →
/// <see cref="AttemptStep.Removing"/> → <see cref="AttemptStep.Done"/>. It is left early for one of three reasons: a cause was decided, the
/// attempt is refused, or the container is over. While a step's work is under way it is cancelled first
/// (<see cref="AttemptStep.Leaving"/>), so that two things are never done to one container at once.
/// </para>
/// <para>
/// The record holds everything that must survive a killed bridge. The first effect of the transition that decides something stores it: a
/// cause before anything is stopped, the release before the shim is told to go.
/// </para>
/// </summary>
internal static class AttemptLifecycle
{
    /// <summary>The time from TERM to KILL. With it, the end is stored within two seconds of a deadline or a cancel.</summary>
    public static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    private static readonly AttemptEffect[] Nothing = [];

    /// <summary>The next state, and the effects to perform.</summary>
    public static (AttemptState State, IReadOnlyList<AttemptEffect> Effects) Next(AttemptState state, AttemptEvent happened)
    {
        if (state.Step is AttemptStep.Gone or AttemptStep.Closed)
        {
            return (state, Nothing);
        }

        return happened switch
        {
            AttemptEvent.BridgeStopping => (state with { Step = AttemptStep.Closed }, Nothing),
            AttemptEvent.Taken => Take(state),
            AttemptEvent.DeadlineMoved moved => MoveDeadline(state, moved.Deadline),
            AttemptEvent.CauseDecided decided => Decide(state, decided.Cause, decided.Detail),
            AttemptEvent.Dropped => Drop(state),
            AttemptEvent.StopWasSlow => ConcludeWhatNeverRan(state),
            AttemptEvent.MountsDescribed described => Store(state, state.Record with { Mounts = described.Mounts }),
            AttemptEvent.WorkspaceCloned cloned => Store(
                state,
                state.Record with
                {
                    ClonedInBoot = cloned.BootID,
                    ClonedCommit = cloned.Commit,
                }
            ),
            AttemptEvent.AgentStarted started => Start(state, started),
            AttemptEvent.GoReceived => Go(state with { GoReceived = true }),
            AttemptEvent.ContainerOver => Over(state with { IsOver = true }),
            AttemptEvent.ShimDenied denied => Deny(state, denied.Message),
            AttemptEvent.Collected => Collect(state),
            AttemptEvent.NotCollected => AskAgain(state),
            AttemptEvent.EndKnown known => Conclude(state, known.End),
            AttemptEvent.Stopped or AttemptEvent.ContainerRemoved or AttemptEvent.EverythingRemoved => Finish(state, happened),
            _ when state.Step == AttemptStep.Leaving || state is { IsForward: true, Record.Cause: not null } => Leave(
                state with
                {
                    IsWorking = false,
                }
            ),
            _ => Advance(state with { IsWorking = false }, happened),
        };
    }

    // An attempt begins, or an earlier bridge left it.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) Take(AttemptState state)
    {
        if (state.End is not null)
        {
            return (state with { Step = AttemptStep.Removing }, [new AttemptEffect.RemoveContainer()]);
        }

        if (state.Record.Cause is not null)
        {
            return Leave(state with { IsDropped = state.Record.Cause == EndCause.Dropped });
        }

        return (
            state with
            {
                Step = AttemptStep.Entering,
                IsWorking = true,
            },
            [new AttemptEffect.ArmDeadline(), new AttemptEffect.EnterSession()]
        );
    }

    // The work of a step is done, and nothing has ended the attempt.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) Advance(AttemptState state, AttemptEvent happened) =>
        (state.Step, happened) switch
        {
            (_, AttemptEvent.Refused refused) => Refuse(state, RefusalOf(state, refused.Reason, refused.Message)),
            (_, AttemptEvent.Failed failed) => Refuse(state, RefusalOf(state, failed)),
            (AttemptStep.Entering, AttemptEvent.SessionEntered) => state.IsAdopted
                ? Work(state, AttemptStep.Looking, new AttemptEffect.Look())
                : Work(state, AttemptStep.Preparing, new AttemptEffect.Prepare(Replaces: false)),
            (AttemptStep.Looking, AttemptEvent.ContainerFound found) => Found(state, found.Found),
            (AttemptStep.Preparing, AttemptEvent.ContainerStarted) => state.IsOver
                ? ReadEnd(state)
                : Work(state with { IsListening = true }, AttemptStep.Greeting, new AttemptEffect.Greet()),
            (AttemptStep.Greeting, AttemptEvent.ShimGreeted greeted) => Greet(state, greeted),
            (AttemptStep.Releasing, AttemptEvent.ReadyToGo ready) => Release(state, ready.HasHooks),
            (AttemptStep.Releasing, AttemptEvent.ReleaseNotStored failed) => Refuse(
                state,
                RefusalOf(
                    state,
                    RunReason.Crashed,
                    $"The node could not store that the agent may start, so it was not started: {failed.Message}"
                )
            ),
            // The container ended before its shim said anything, or the work was cancelled for a reason that no longer holds.
            (AttemptStep.Greeting, AttemptEvent.WorkEnded) => ReadEnd(state),
            _ => (state, Nothing),
        };

    // The table of "A restarted bridge" in docs/design/attempts.md.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) Found(AttemptState state, FoundContainer found) =>
        found switch
        {
            FoundContainer.Running => Work(state with { IsListening = true }, AttemptStep.Greeting, new AttemptEffect.Greet()),
            FoundContainer.Exited => ReadEnd(state),
            FoundContainer.Lost => Refuse(
                state,
                RefusalOf(
                    state,
                    RunReason.NodeLost,
                    "The node no longer knows how the attempt went: its log was lost after the agent was let go."
                )
            ),
            _ => Work(state, AttemptStep.Preparing, new AttemptEffect.Prepare(Replaces: true)),
        };

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Greet(AttemptState state, AttemptEvent.ShimGreeted greeted)
    {
        if (state.IsOver)
        {
            return ReadEnd(state);
        }

        return greeted.Waits
            ? Then(Reach(state with { Step = AttemptStep.Held }, AttemptStage.Held), Go)
            : Then(Reach(state with { Step = AttemptStep.Running }, greeted.RunsHooks ? AttemptStage.Hooks : state.Stage), Go);
    }

    // The operator lets the attempt run. A waiting shim is let go; for an agent that runs already, the model is opened.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) Go(AttemptState state) =>
        state switch
        {
            { GoReceived: true, Step: AttemptStep.Held } => Work(state, AttemptStep.Releasing, new AttemptEffect.PrepareGo()),
            { GoReceived: true, Step: AttemptStep.Running } => Work(state, AttemptStep.Running, new AttemptEffect.AdmitModel()),
            _ => (state, Nothing),
        };

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Release(AttemptState state, bool hasHooks)
    {
        var (next, effects) = Reach(state with { Step = AttemptStep.Running }, hasHooks ? AttemptStage.Hooks : state.Stage);
        return state.Record.Released
            ? (next, [.. effects, new AttemptEffect.LetGo()])
            : (
                next with
                {
                    Record = state.Record with { Released = true },
                },
                [new AttemptEffect.StoreRecord(Required: true), .. effects, new AttemptEffect.LetGo()]
            );
    }

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Start(AttemptState state, AttemptEvent.AgentStarted started)
    {
        if (state.End is not null)
        {
            return (state, Nothing);
        }

        var isNews = state.Record.StartedAt is null;
        var (next, effects) = Reach(
            state with
            {
                Hooks = state.Hooks ?? started.Hooks,
                Record = isNews ? state.Record with { StartedAt = started.At } : state.Record,
            },
            AttemptStage.Running
        );
        return (
            next,
            [new AttemptEffect.MarkSessionBegun(), .. isNews ? [new AttemptEffect.StoreRecord(Required: false)] : Nothing, .. effects]
        );
    }

    // The first cause counts. Only a drop may follow another cause, because nothing waits for the end then.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) Decide(AttemptState state, EndCause cause, string? detail)
    {
        if (state.End is not null || state.Record.Cause is not null || state.Step == AttemptStep.Concluding)
        {
            return (state, Nothing);
        }

        return Stored(state with { Record = state.Record with { Cause = cause, CauseDetail = detail } }, End);
    }

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Drop(AttemptState state)
    {
        var dropped = state with { IsDropped = true };
        if (state.Step == AttemptStep.Done)
        {
            return RemoveEverything(dropped);
        }

        if (state.End is not null || state.IsDropped)
        {
            return (dropped, Nothing);
        }

        var isFirst = state.Record.Cause is null;
        return Stored(
            dropped with
            {
                Record = state.Record with { Cause = EndCause.Dropped, CauseDetail = null },
            },
            isFirst ? End : static next => (next, Nothing)
        );
    }

    // A cause is on record.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) End(AttemptState state)
    {
        // An attempt that an earlier bridge began may have run, whatever this bridge did.
        AttemptEffect[] clock = state.IsAdopted ? [] : [new AttemptEffect.AwaitSlowStop()];
        if (!state.IsForward)
        {
            return (state, clock);
        }

        var (next, effects) = Interrupt(state);
        return (next, [.. effects, .. clock]);
    }

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Over(AttemptState state) =>
        // A container may end while it is being started. That is noticed once the start is over.
        state.IsForward && state.Step is not (AttemptStep.Entering or AttemptStep.Looking or AttemptStep.Preparing)
            ? Interrupt(state)
            : (state, Nothing);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Deny(AttemptState state, string message) =>
        state.IsForward ? Interrupt(state with { Refusal = RefusalOf(state, RunReason.PolicyDenied, message) }) : (state, Nothing);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Interrupt(AttemptState state) =>
        state.IsWorking ? (state with { Step = AttemptStep.Leaving }, [new AttemptEffect.CancelWork()]) : Leave(state);

    // The way forward is over, and no work is under way.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) Leave(AttemptState state)
    {
        if (state.Record.Cause is { } cause)
        {
            // Before the release nothing runs that could be asked to stop. An agent that fills the disk gets no grace, so that it cannot
            // fill more of it.
            var asks = state is { Record.Released: true, IsListening: true } && cause != EndCause.Dropped;
            var grace = cause == EndCause.StorageExceeded ? TimeSpan.Zero : StopGrace;
            return (state with { Step = AttemptStep.Stopping, Refusal = null }, [new AttemptEffect.Stop(asks ? grace : null)]);
        }

        return state.Refusal is { } refusal ? Refuse(state, refusal) : ReadEnd(state);
    }

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Refuse(AttemptState state, AttemptRefusal refusal)
    {
        var refused = state with { Refusal = refusal };
        if (!refusal.RemovesFirst)
        {
            return ReadEnd(refused);
        }

        var removing = refused with { Step = AttemptStep.RemovingFirst };
        return refusal.EndIsUnknown
            ? Stored(
                removing with
                {
                    Record = state.Record with { Abandoned = true },
                },
                static next => (next, [new AttemptEffect.RemoveContainer()])
            )
            : (removing, [new AttemptEffect.RemoveContainer()]);
    }

    // If an attempt was stopped before anything of the tenant's could run, its end is reported even while Podman hangs. A hanging Podman
    // must not delay the report of a cancel or a deadline. From now on nothing can run, and anything that the engine still creates is
    // removed later.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) ConcludeWhatNeverRan(AttemptState state) =>
        state is { Record.Released: false, End: null, IsDropped: false, IsReading: false }
        && state.Step is AttemptStep.Leaving or AttemptStep.Stopping or AttemptStep.RemovingFirst
            ? (state with { IsReading = true }, [new AttemptEffect.ReadEnd(Refusal: null)])
            : (state, Nothing);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) ReadEnd(AttemptState state) =>
        state switch
        {
            { IsDropped: true } => RemoveEverything(state),
            { End: not null } => Remove(state),
            { IsReading: true } => (state with { Step = AttemptStep.Concluding }, Nothing),
            _ => (state with { Step = AttemptStep.Concluding, IsReading = true }, [new AttemptEffect.ReadEnd(state.Refusal)]),
        };

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Conclude(AttemptState state, AttemptEndRecord end)
    {
        if (state.End is not null)
        {
            return (state, Nothing);
        }

        if (state.IsDropped)
        {
            return state.Step == AttemptStep.Concluding ? RemoveEverything(state) : (state, Nothing);
        }

        var ended = state with { End = end, Hooks = null, IsReading = false, Stage = AttemptStage.Ended };
        var (next, effects) = state.Step == AttemptStep.Concluding ? Remove(ended) : (ended, Nothing);
        return (
            next,
            [
                .. end.StartedAt is null ? Nothing : [new AttemptEffect.MarkSessionBegun()],
                new AttemptEffect.StoreEnd(),
                new AttemptEffect.Report(),
                .. effects,
            ]
        );
    }

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Finish(AttemptState state, AttemptEvent happened) =>
        (state.Step, happened) switch
        {
            (AttemptStep.Stopping, AttemptEvent.Stopped) => ReadEnd(state),
            (AttemptStep.RemovingFirst, AttemptEvent.ContainerRemoved) => ReadEnd(state with { IsRemoved = true }),
            (AttemptStep.Removing, AttemptEvent.ContainerRemoved) => state.IsDropped
                ? RemoveEverything(state)
                : (state with { Step = AttemptStep.Done, IsRemoved = true }, Nothing),
            (AttemptStep.Dropping, AttemptEvent.EverythingRemoved) => (state with { Step = AttemptStep.Gone }, Nothing),
            _ => (state, Nothing),
        };

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Remove(AttemptState state) =>
        state.IsRemoved
            ? (state with { Step = AttemptStep.Done }, Nothing)
            : (state with { Step = AttemptStep.Removing }, [new AttemptEffect.RemoveContainer()]);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) RemoveEverything(AttemptState state) =>
        (state with { Step = AttemptStep.Dropping }, [new AttemptEffect.RemoveEverything()]);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) MoveDeadline(AttemptState state, long deadline) =>
        state is { End: null, Record.Cause: null }
            ? Stored(
                state with
                {
                    Record = state.Record with { Deadline = deadline },
                },
                static next => (next, [new AttemptEffect.ArmDeadline()])
            )
            : (state, Nothing);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Collect(AttemptState state) =>
        state.End is { Collected: false } end
            ? (state with { End = (end with { Collected = true }).WithoutWhatIsCollected() }, [new AttemptEffect.StoreEnd()])
            : (state, Nothing);

    // The operator asks for an attempt that it had collected, for example when its cluster was restored to an older state.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) AskAgain(AttemptState state) =>
        state.End is { Collected: true } end
            ? (state with { End = end with { Collected = false } }, [new AttemptEffect.StoreEnd(), new AttemptEffect.Report()])
            : (state, Nothing);

    // Another attempt may follow the report, so nothing of this one may run any more.
    private static AttemptRefusal RefusalOf(AttemptState state, RunReason reason, string message) =>
        new(reason, message)
        {
            RemovesFirst = reason == RunReason.NodeLost || (reason is RunReason.NodeUnfit or RunReason.PolicyDenied && state.MayHaveRun),
            EndIsUnknown = reason == RunReason.NodeLost || (reason == RunReason.NodeUnfit && state.MayHaveRun),
        };

    // An agent may have done half its work under a shim that no longer answers. Such work is not repeated unless the user asks for it.
    private static AttemptRefusal RefusalOf(AttemptState state, AttemptEvent.Failed failed) =>
        new(
            failed.IsTimeout && state.IsAdopted ? RunReason.Crashed : RunReason.NodeUnfit,
            $"The node could not run the attempt: {failed.Message}"
        )
        {
            RemovesFirst = state.MayHaveRun,
            EndIsUnknown = state.MayHaveRun,
        };

    // A stage is reported once, and never goes back.
    private static (AttemptState, IReadOnlyList<AttemptEffect>) Reach(AttemptState state, AttemptStage stage) =>
        state.Stage >= stage ? (state, Nothing) : (state with { Stage = stage }, [new AttemptEffect.Report()]);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Work(AttemptState state, AttemptStep step, AttemptEffect work) =>
        (state with { Step = step, IsWorking = true }, [work]);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Store(AttemptState state, AttemptRecord record) =>
        Stored(state with { Record = record }, static next => (next, Nothing));

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Stored(
        AttemptState state,
        Func<AttemptState, (AttemptState, IReadOnlyList<AttemptEffect>)> then
    ) => Then((state, [new AttemptEffect.StoreRecord(Required: false)]), then);

    private static (AttemptState, IReadOnlyList<AttemptEffect>) Then(
        (AttemptState State, IReadOnlyList<AttemptEffect> Effects) first,
        Func<AttemptState, (AttemptState State, IReadOnlyList<AttemptEffect> Effects)> then
    )
    {
        var (state, effects) = then(first.State);
        return (state, [.. first.Effects, .. effects]);
    }
}
