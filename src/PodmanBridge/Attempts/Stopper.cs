namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Who ended the agent's process, by the shim's word.</summary>
internal enum Stopper
{
    /// <summary>Nobody but itself, or what runs beside it.</summary>
    Agent,

    /// <summary>The shim, because it was told to stop.</summary>
    Stop,

    /// <summary>The shim, because its lease was over.</summary>
    Lease,
}
