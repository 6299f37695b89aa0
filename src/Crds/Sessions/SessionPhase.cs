namespace Stromboli.Crds.Sessions;

/// <summary>Where a session is.</summary>
public enum SessionPhase
{
    /// <summary>Its node is away: runs wait for it.</summary>
    Pending,

    /// <summary>It takes runs, and none is under way.</summary>
    Ready,

    /// <summary>A run has it.</summary>
    Busy,

    /// <summary>Suspended by its spec, and no run has it.</summary>
    Suspended,

    /// <summary>What it had on its node is gone.</summary>
    Lost,

    /// <summary>The spec can never be run.</summary>
    Failed,
}
