namespace Stromboli.Crds.Sessions;

/// <summary>Why a session is where it is.</summary>
public enum SessionReason
{
    /// <summary>No run is under way, and the next may begin.</summary>
    Idle,

    /// <summary>A run has it.</summary>
    RunUnderWay,

    /// <summary>Suspended by its spec.</summary>
    Suspended,

    /// <summary>Its node is not connected.</summary>
    WaitingForNode,

    /// <summary>What it had on its node is gone.</summary>
    SessionLost,

    /// <summary>The spec can never be run.</summary>
    InvalidSpec,
}
