namespace Stromboli.Crds.Runs;

/// <summary>What became of a command that runs before the agent.</summary>
public enum HookResult
{
    /// <summary>It exited with 0.</summary>
    Succeeded,

    /// <summary>It could not be started, exited with another code, or was ended by a signal.</summary>
    Failed,

    /// <summary>The time of all hooks was over.</summary>
    TimedOut,

    /// <summary>The attempt was ended while it ran.</summary>
    Stopped,

    /// <summary>It never ran, since one before it was the last.</summary>
    NotRun,
}
