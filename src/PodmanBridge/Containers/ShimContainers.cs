using Stromboli.Gateway.Sockets;
using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Containers;

/// <inheritdoc cref="IShimContainers"/>
/// <param name="podman">The engine.</param>
/// <param name="starts">
/// Bounds how many containers are created and started at once. With more than eight, contention on Podman's locks slows all of them down.
/// </param>
/// <param name="capabilities">Checks the engine again after it could not start a container.</param>
/// <param name="lease">The node's lease, which the bridge reports to every shim.</param>
/// <param name="clock">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ShimContainers(
    IPodman podman,
    ConcurrencyLimit starts,
    INodeCapabilities capabilities,
    INodeLease lease,
    TimeProvider clock,
    ILogger<ShimContainers> logger
) : IShimContainers
{
    /// <summary>
    /// Why a process cannot be the shim of a file, as half a sentence; null if it is the shim (<see cref="FirstProcess.Problem"/>).
    /// </summary>
    public Func<int, FileIdentity, string?> CheckFirstProcess { get; init; } = FirstProcess.Problem;

    /// <inheritdoc/>
    public IShimContainer Create(ShimContainerIdentity identity) =>
        new ShimContainer(identity, podman.Containers, starts, capabilities, CheckFirstProcess, () => lease.Remaining, clock, logger);
}
