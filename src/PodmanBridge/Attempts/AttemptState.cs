using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Everything that decides what an attempt does next: the files on disk, and how far this bridge is with the attempt.</summary>
internal sealed record AttemptState
{
    /// <summary>The record on disk.</summary>
    public required AttemptRecord Record { get; init; }

    /// <summary>The end, once it is on disk.</summary>
    public AttemptEndRecord? End { get; init; }

    /// <summary>
    /// Whether an earlier bridge began the attempt. Then something of the tenant's may have run, whatever this bridge did.
    /// </summary>
    public bool IsAdopted { get; init; }

    /// <summary>What this bridge is doing with the attempt.</summary>
    public AttemptStep Step { get; init; }

    /// <summary>The stage that the operator is told.</summary>
    public AttemptStage Stage { get; init; } = AttemptStage.Preparing;

    /// <summary>The outcomes of the hooks, once the agent runs.</summary>
    public IReadOnlyList<HookReport>? Hooks { get; init; }

    /// <summary>Whether the work of the present step is under way.</summary>
    public bool IsWorking { get; init; }

    /// <summary>Whether the operator lets the attempt run.</summary>
    public bool GoReceived { get; init; }

    /// <summary>Whether the socket of the shim is open and its container is known to have run.</summary>
    public bool IsListening { get; init; }

    /// <summary>Whether nothing of the agent runs any more, as the shim or the engine reported.</summary>
    public bool IsOver { get; init; }

    /// <summary>Why the attempt cannot run here, once that is known.</summary>
    public AttemptRefusal? Refusal { get; init; }

    /// <summary>Whether the bridge is reading the attempt's end.</summary>
    public bool IsReading { get; init; }

    /// <summary>Whether its container is removed.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Whether the operator no longer wants the attempt, so that everything of it is removed.</summary>
    public bool IsDropped { get; init; }

    /// <summary>Whether something of the tenant's may have run.</summary>
    public bool MayHaveRun => IsAdopted || Record.Released;

    /// <summary>Whether the attempt is on its way to the agent's end, and nothing has ended it.</summary>
    public bool IsForward => Step is >= AttemptStep.Entering and <= AttemptStep.Running;

    /// <summary>What the node reports to the operator; for a collected attempt only its key.</summary>
    /// <param name="now">The node's wall clock.</param>
    /// <param name="runningMs">
    /// How long the agent has been running, in milliseconds; null if it does not run, or if that is not known.
    /// </param>
    public AttemptObservation Observe(DateTimeOffset now, long? runningMs) =>
        End is { Collected: true }
            ? new AttemptObservation
            {
                UID = Record.UID,
                Attempt = Record.Attempt,
                Stage = AttemptStage.Collected,
            }
            : new AttemptObservation
            {
                UID = Record.UID,
                Attempt = Record.Attempt,
                Stage = Stage,
                Hooks = End is null ? Hooks : End.Hooks,
                StartedAgoMs = End is { } ended ? Ago(now, ended.StartedAt) : runningMs,
                End = End is null ? null : End.End with { EndedAgoMs = Ago(now, End.EndedAt)!.Value },
            };

    private static long? Ago(DateTimeOffset now, DateTimeOffset? then) =>
        then is { } at ? Math.Max(0, (long)(now - at).TotalMilliseconds) : null;
}

/// <summary>What a bridge is doing with an attempt. The steps up to <see cref="Running"/> are the way forward, in order.</summary>
internal enum AttemptStep
{
    /// <summary>Nothing yet.</summary>
    New,

    /// <summary>Waits until no other attempt has its session.</summary>
    Entering,

    /// <summary>Asks the engine what an earlier bridge left.</summary>
    Looking,

    /// <summary>Fetches the image; creates, checks and starts the container.</summary>
    Preparing,

    /// <summary>Waits for the shim's first message and checks it.</summary>
    Greeting,

    /// <summary>The shim holds the agent back until the operator lets it go.</summary>
    Held,

    /// <summary>The operator has let the attempt go. Waits for the lease, opens the model, reads secrets, clones.</summary>
    Releasing,

    /// <summary>Hooks or agent run.</summary>
    Running,

    /// <summary>Something ended the way forward; waits until the work of its step has been given up.</summary>
    Leaving,

    /// <summary>A cause is on record. Stops everything that runs.</summary>
    Stopping,

    /// <summary>The attempt is refused although something may run. Removes the container before the refusal is reported.</summary>
    RemovingFirst,

    /// <summary>Nothing runs any more. Finds out how the attempt ended.</summary>
    Concluding,

    /// <summary>The end is stored. Removes the container.</summary>
    Removing,

    /// <summary>Only log, workspace and end are left.</summary>
    Done,

    /// <summary>Removes everything.</summary>
    Dropping,

    /// <summary>Nothing of it is left.</summary>
    Gone,

    /// <summary>The bridge stops. The next one continues.</summary>
    Closed,
}

/// <summary>Why an attempt cannot run here.</summary>
/// <param name="Reason">The reason that the run ends with.</param>
/// <param name="Message">One sentence.</param>
internal sealed record AttemptRefusal(RunReason Reason, string Message)
{
    /// <summary>Whether the container is removed before the end is reported.</summary>
    public bool RemovesFirst { get; init; }

    /// <summary>Whether the end cannot be known, so that later bridges do not continue the attempt and do not believe its log.</summary>
    public bool EndIsUnknown { get; init; }
}

/// <summary>What a restarted bridge finds of an attempt.</summary>
internal enum FoundContainer
{
    /// <summary>There is no sign that an agent ever ran. The attempt may be prepared again.</summary>
    None,

    /// <summary>The container runs.</summary>
    Running,

    /// <summary>The container has ended, and its log says how.</summary>
    Exited,

    /// <summary>The container has ended or is gone, its hooks or agent may have run, and there is no log of it.</summary>
    Lost,
}

/// <summary>What happens to an attempt.</summary>
internal abstract record AttemptEvent
{
    /// <summary>A bridge takes the attempt on.</summary>
    internal sealed record Taken : AttemptEvent;

    /// <summary>The attempt has its session, or needs none.</summary>
    internal sealed record SessionEntered : AttemptEvent;

    /// <summary>What an earlier bridge left is known.</summary>
    internal sealed record ContainerFound(FoundContainer Found) : AttemptEvent;

    /// <summary>What the container must have mounted is known, before it is created.</summary>
    internal sealed record MountsDescribed(IReadOnlyList<ShimMount> Mounts) : AttemptEvent;

    /// <summary>The container was started.</summary>
    internal sealed record ContainerStarted : AttemptEvent;

    /// <summary>The shim's first message is checked.</summary>
    internal sealed record ShimGreeted(bool Waits, bool RunsHooks) : AttemptEvent;

    /// <summary>The operator lets it run.</summary>
    internal sealed record GoReceived : AttemptEvent;

    /// <summary>The workspace is cloned.</summary>
    internal sealed record WorkspaceCloned(string BootID, string Commit) : AttemptEvent;

    /// <summary>Everything that the agent needs is ready.</summary>
    internal sealed record ReadyToGo(bool HasHooks) : AttemptEvent;

    /// <summary>The release could not be stored, so the state is still the one before it.</summary>
    internal sealed record ReleaseNotStored(string Message) : AttemptEvent;

    /// <summary>The agent's process runs.</summary>
    internal sealed record AgentStarted(IReadOnlyList<HookReport>? Hooks, long At) : AttemptEvent;

    /// <summary>Nothing of the agent runs any more, as the shim or the engine reported.</summary>
    internal sealed record ContainerOver : AttemptEvent;

    /// <summary>The first process of the container is not the shim.</summary>
    internal sealed record ShimDenied(string Message) : AttemptEvent;

    /// <summary>The work of the step was given up, or has nothing to report.</summary>
    internal sealed record WorkEnded : AttemptEvent;

    /// <summary>The work of the step found that the attempt cannot run here.</summary>
    internal sealed record Refused(RunReason Reason, string Message) : AttemptEvent;

    /// <summary>The work of the step failed.</summary>
    internal sealed record Failed(string Message, bool IsTimeout) : AttemptEvent;

    /// <summary>The operator's clock moves the deadline.</summary>
    internal sealed record DeadlineMoved(long Deadline) : AttemptEvent;

    /// <summary>Something ends it.</summary>
    internal sealed record CauseDecided(EndCause Cause, string? Detail = null) : AttemptEvent;

    /// <summary>The operator no longer wants it.</summary>
    internal sealed record Dropped : AttemptEvent;

    /// <summary>Since a cause was decided, the engine has had enough time to stop the attempt.</summary>
    internal sealed record StopWasSlow : AttemptEvent;

    /// <summary>Nothing of it runs any more.</summary>
    internal sealed record Stopped : AttemptEvent;

    /// <summary>How it ended is known.</summary>
    internal sealed record EndKnown(AttemptEndRecord End) : AttemptEvent;

    /// <summary>The container is removed.</summary>
    internal sealed record ContainerRemoved : AttemptEvent;

    /// <summary>Nothing of it is left on the node.</summary>
    internal sealed record EverythingRemoved : AttemptEvent;

    /// <summary>The operator has stored the end.</summary>
    internal sealed record Collected : AttemptEvent;

    /// <summary>The operator has no end of the attempt on record, whatever it said before.</summary>
    internal sealed record NotCollected : AttemptEvent;

    /// <summary>The bridge stops.</summary>
    internal sealed record BridgeStopping : AttemptEvent;
}

/// <summary>What the bridge must do for an attempt.</summary>
internal abstract record AttemptEffect
{
    /// <summary>Stores the record. If storing is required and fails, nothing else of the transition happens.</summary>
    internal sealed record StoreRecord(bool Required) : AttemptEffect;

    /// <summary>Stores the end.</summary>
    internal sealed record StoreEnd : AttemptEffect;

    /// <summary>Stores that an agent of the session has run, so that later runs do not clone and do not run creation hooks.</summary>
    internal sealed record MarkSessionBegun : AttemptEffect;

    /// <summary>Reports the change to the operator.</summary>
    internal sealed record Report : AttemptEffect;

    /// <summary>Waits for the deadline on record.</summary>
    internal sealed record ArmDeadline : AttemptEffect;

    /// <summary>Waits for <see cref="AttemptEvent.StopWasSlow"/>.</summary>
    internal sealed record AwaitSlowStop : AttemptEffect;

    /// <summary>The work of <see cref="AttemptStep.Entering"/>.</summary>
    internal sealed record EnterSession : AttemptEffect;

    /// <summary>The work of <see cref="AttemptStep.Looking"/>.</summary>
    internal sealed record Look : AttemptEffect;

    /// <summary>The work of <see cref="AttemptStep.Preparing"/>. Removes what an earlier bridge left of it.</summary>
    internal sealed record Prepare(bool Replaces) : AttemptEffect;

    /// <summary>The work of <see cref="AttemptStep.Greeting"/>.</summary>
    internal sealed record Greet : AttemptEffect;

    /// <summary>The work of <see cref="AttemptStep.Releasing"/>.</summary>
    internal sealed record PrepareGo : AttemptEffect;

    /// <summary>Opens the model for an agent that runs already, once the node has a lease.</summary>
    internal sealed record AdmitModel : AttemptEffect;

    /// <summary>Tells the shim to start hooks and agent.</summary>
    internal sealed record LetGo : AttemptEffect;

    /// <summary>Gives up the work that is under way.</summary>
    internal sealed record CancelWork : AttemptEffect;

    /// <summary>Stops everything that runs. The shim is asked first, unless the grace is null; then the engine kills.</summary>
    internal sealed record Stop(TimeSpan? Grace) : AttemptEffect;

    /// <summary>Finds out how the attempt ended. For a refused attempt, finds out only what it used.</summary>
    internal sealed record ReadEnd(AttemptRefusal? Refusal) : AttemptEffect;

    /// <summary>Removes the container. Repeats until it is removed.</summary>
    internal sealed record RemoveContainer : AttemptEffect;

    /// <summary>Removes everything that the node has of the attempt. Repeats until it is removed.</summary>
    internal sealed record RemoveEverything : AttemptEffect;
}
