namespace Stromboli.Crds.Sessions;

/// <summary>The bounds of the fields that only an AgentSession has.</summary>
public static class SessionLimits
{
    /// <summary>The mode in which each run has a container of its own.</summary>
    public const string OnDemand = "OnDemand";

    /// <summary>Waiting runs that the status names.</summary>
    public const int Queue = 20;

    /// <summary>The default of storageLimit, in bytes.</summary>
    public const long DefaultStorageBytes = 5L << 30;
}
