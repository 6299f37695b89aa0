namespace Stromboli.PodmanBridge.Containers;

/// <summary>The node's lease (docs/design/protocol.md#epochs-and-leases): no agent runs longer than it lasts.</summary>
internal interface INodeLease
{
    /// <summary>Raised with what is left when the lease is extended, and with zero when it is over.</summary>
    event Action<TimeSpan>? Changed;

    /// <summary>What is left; zero when the lease is over or was never granted.</summary>
    TimeSpan Remaining { get; }

    /// <summary>Waits until the lease is valid.</summary>
    Task WaitAsync(CancellationToken cancellationToken);
}
