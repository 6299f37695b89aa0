namespace Stromboli.Crds.Sessions;

/// <summary>The bounds of an AgentSession's own fields.</summary>
public static class SessionLimits
{
    /// <summary>The mode in which each run has a container of its own.</summary>
    public const string OnDemand = "OnDemand";

    /// <summary>Waiting runs that status names.</summary>
    public const int Queue = 20;

    /// <summary>What HOME and workspace may take of the disk when the spec does not say, in bytes.</summary>
    public const long DefaultStorageBytes = 5L << 30;
}
