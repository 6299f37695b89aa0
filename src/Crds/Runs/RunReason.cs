namespace Stromboli.Crds.Runs;

/// <summary>Why a run is where it is: how it ended, or what it waits for.</summary>
public enum RunReason
{
    /// <summary>The agent came to its end with success.</summary>
    Completed,

    /// <summary>The agent ended with an error or a non-zero exit code.</summary>
    AgentError,

    /// <summary>A signal ended the agent.</summary>
    Crashed,

    /// <summary>The kernel ended the agent because it used more memory than its limit.</summary>
    OutOfMemory,

    /// <summary>The attempt's deadline came first.</summary>
    TimedOut,

    /// <summary>The budget was used up.</summary>
    BudgetExceeded,

    /// <summary>The CLI used all the turns it may use.</summary>
    MaxTurnsReached,

    /// <summary>The run used more disk than its limit.</summary>
    StorageLimitExceeded,

    /// <summary>The model refused the credential.</summary>
    AuthenticationFailed,

    /// <summary>The model could not be reached or did not answer.</summary>
    ModelUnavailable,

    /// <summary>The model answered that there were too many requests.</summary>
    RateLimited,

    /// <summary>A lifecycle command failed.</summary>
    HookFailed,

    /// <summary>The image could not be had.</summary>
    ImagePullFailed,

    /// <summary>The CLI cannot run in the image.</summary>
    ImageIncompatible,

    /// <summary>The repository could not be cloned.</summary>
    GitCloneFailed,

    /// <summary>A side container did not get ready.</summary>
    ServiceNotReady,

    /// <summary>A volume is not allowed.</summary>
    VolumeDenied,

    /// <summary>A policy forbids it.</summary>
    PolicyDenied,

    /// <summary>The spec can never be run.</summary>
    InvalidSpec,

    /// <summary>The node was lost, and the retries for that are used up.</summary>
    NodeLost,

    /// <summary>The node's engine could not run the container, and the retries that follow a lost node are used up.</summary>
    NodeUnfit,

    /// <summary>The session's node or data is lost.</summary>
    SessionLost,

    /// <summary>Its end was asked for.</summary>
    Cancelled,

    /// <summary>Waits for a Secret to exist, or for a key in it. As an end: the run's node has no Podman secret of the name.</summary>
    SecretNotFound,

    /// <summary>Waits for a Secret to be annotated for this use.</summary>
    SecretNotAllowed,

    /// <summary>Waits for a ConfigMap to exist, or for a key in it.</summary>
    ConfigMapNotFound,

    /// <summary>Waits for a session to exist.</summary>
    SessionNotFound,

    /// <summary>Nodes are there, but none that the run may use.</summary>
    NoNodeMatches,

    /// <summary>No node is connected that could take it.</summary>
    WaitingForNode,

    /// <summary>Waits for its turn in the session.</summary>
    WaitingForSession,

    /// <summary>The nodes that match cannot enforce the run's limits.</summary>
    LimitsNotEnforceable,

    /// <summary>The nodes that match are busy.</summary>
    Queued,

    /// <summary>Suspended by its spec.</summary>
    Suspended,

    /// <summary>Waits before the next attempt.</summary>
    Backoff,
}
