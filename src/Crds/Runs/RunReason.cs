namespace Stromboli.Crds.Runs;

/// <summary>Why a run has its phase: how it ended, or what it waits for.</summary>
public enum RunReason
{
    /// <summary>The agent finished with success.</summary>
    Completed,

    /// <summary>The agent reported an error or exited with a non-zero code.</summary>
    AgentError,

    /// <summary>A signal terminated the agent.</summary>
    Crashed,

    /// <summary>The kernel killed the agent because it exceeded its memory limit.</summary>
    OutOfMemory,

    /// <summary>The attempt exceeded its timeout.</summary>
    TimedOut,

    /// <summary>The budget was used up.</summary>
    BudgetExceeded,

    /// <summary>The CLI used all the turns that it was allowed.</summary>
    MaxTurnsReached,

    /// <summary>The run exceeded its disk limit.</summary>
    StorageLimitExceeded,

    /// <summary>The model refused the credential.</summary>
    AuthenticationFailed,

    /// <summary>The model could not be reached or did not answer.</summary>
    ModelUnavailable,

    /// <summary>The model answered that there were too many requests.</summary>
    RateLimited,

    /// <summary>A lifecycle command failed.</summary>
    HookFailed,

    /// <summary>The image could not be pulled.</summary>
    ImagePullFailed,

    /// <summary>The CLI cannot run in the image.</summary>
    ImageIncompatible,

    /// <summary>The repository could not be cloned.</summary>
    GitCloneFailed,

    /// <summary>The agent finished with success, and what it left could not be pushed.</summary>
    GitPushFailed,

    /// <summary>A side container did not become ready.</summary>
    ServiceNotReady,

    /// <summary>The node does not allow a volume.</summary>
    VolumeDenied,

    /// <summary>A policy does not allow the run.</summary>
    PolicyDenied,

    /// <summary>The spec is invalid.</summary>
    InvalidSpec,

    /// <summary>The node was lost, and its retries are used up.</summary>
    NodeLost,

    /// <summary>The node's Podman could not run the container, and the retries for lost nodes are used up.</summary>
    NodeUnfit,

    /// <summary>The session's node or data is lost.</summary>
    SessionLost,

    /// <summary>The run was cancelled.</summary>
    Cancelled,

    /// <summary>
    /// The run waits for a Secret, or for a key in it. As the reason of an end: the node has no Podman secret of that name.
    /// </summary>
    SecretNotFound,

    /// <summary>The run waits for a Secret to be annotated for this use.</summary>
    SecretNotAllowed,

    /// <summary>The run waits for a ConfigMap, or for a key in it.</summary>
    ConfigMapNotFound,

    /// <summary>The run waits for its session to exist.</summary>
    SessionNotFound,

    /// <summary>There are nodes, but the run can use none of them.</summary>
    NoNodeMatches,

    /// <summary>No node that could run the run is connected.</summary>
    WaitingForNode,

    /// <summary>The run waits for its turn in the session.</summary>
    WaitingForSession,

    /// <summary>The matching nodes cannot enforce the run's limits.</summary>
    LimitsNotEnforceable,

    /// <summary>The matching nodes are busy.</summary>
    Queued,

    /// <summary>The run is suspended.</summary>
    Suspended,

    /// <summary>The run waits before the next attempt.</summary>
    Backoff,
}
