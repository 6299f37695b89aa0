namespace Stromboli.PodmanBridge.Containers;

/// <summary>The frames to the shim (docs/design/shim-protocol.md).</summary>
internal enum ShimFrameType : byte
{
    /// <summary>Start the agent.</summary>
    Go = 1,

    /// <summary>What is left of the lease.</summary>
    Lease = 2,

    /// <summary>Stop the agent's whole tree.</summary>
    Stop = 3,
}
