namespace Stromboli.PodmanBridge.Containers;

/// <summary>The node's lease (docs/design/protocol.md#epochs-and-leases). Agents stop when it expires.</summary>
internal interface INodeLease
{
    /// <summary>Raised with the remaining time when the lease is extended, and with zero when it expires.</summary>
    event Action<TimeSpan>? Changed;

    /// <summary>The remaining time; zero if the lease has expired or was never granted.</summary>
    TimeSpan Remaining { get; }

    /// <summary>Waits until the lease is valid.</summary>
    Task WaitAsync(CancellationToken cancellationToken);
}
