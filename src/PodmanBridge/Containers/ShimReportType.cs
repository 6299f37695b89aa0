namespace Stromboli.PodmanBridge.Containers;

/// <summary>The frames from the shim (docs/design/shim-protocol.md).</summary>
internal enum ShimReportType : byte
{
    /// <summary>Sent first on each connection.</summary>
    Hello = 1,

    /// <summary>The agent's process runs.</summary>
    Started = 2,

    /// <summary>The agent's process has ended, and its whole tree with it.</summary>
    Exited = 3,

    /// <summary>The agent could not be started.</summary>
    Failed = 4,
}
