using Stromboli.Gateway.Sockets;
using Stromboli.Podman;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// A container whose first process is our shim. One order holds for every use of it: <see cref="Listen"/>, <see cref="StartAsync"/> (or
/// <see cref="Attach"/> for a container that is already there), <see cref="HelloAsync"/>, <see cref="Trust"/>, <see cref="Go"/>, wait for
/// <see cref="Over"/>, <see cref="RemoveAsync"/>. The shim's last word is in its log (<see cref="ShimLogRecords"/>).
/// </summary>
internal interface IShimContainer : IAsyncDisposable
{
    /// <summary>Admits the processes of this container to a socket of its run directory. To be asked after <see cref="Listen"/>.</summary>
    ISocketPeers Peers { get; }

    /// <summary>
    /// Completes when nothing that was let go runs any more, by the shim's or the engine's word. Fails with a
    /// <see cref="RunRefusedException"/> when the first process turns out not to be the shim.
    /// </summary>
    Task Over { get; }

    /// <summary>What the engine says of the container; null if there is none. Waits for an engine that does not answer.</summary>
    /// <exception cref="PodmanException">The engine answered, and cannot say.</exception>
    Task<ContainerInspection?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Makes the run directory and the shim's socket in it.</summary>
    void Listen();

    /// <summary>Creates the container, compares what the engine made with the plan, starts it, and expects the call of its shim.</summary>
    /// <returns>What the engine says of the running container; null if it does not run any more.</returns>
    /// <exception cref="RunRefusedException">The engine could not do it, or made another container than was planned.</exception>
    Task<ContainerInspection?> StartAsync(ShimContainerPlan plan, CancellationToken cancellationToken);

    /// <summary>Expects the call of the shim of a container that runs already.</summary>
    void Attach(ContainerInspection running);

    /// <summary>Waits for the first word of the shim. Nothing else that it says counts before <see cref="Trust"/>.</summary>
    /// <returns>The first word; null if the container ended before.</returns>
    /// <exception cref="RunRefusedException">It is not the shim, or claims a state that it cannot be in.</exception>
    /// <exception cref="TimeoutException">The shim did not call in time.</exception>
    Task<ShimHello?> HelloAsync(CancellationToken cancellationToken);

    /// <summary>Compares the mounts that the shim sees with those that the bridge opened. From then on what the shim says counts.</summary>
    /// <exception cref="RunRefusedException">They differ.</exception>
    void Trust(ShimHello hello, IEnumerable<(string Path, FileIdentity Identity)> opened);

    /// <summary>Lets the program go, with what the function returns at the moment it is sent.</summary>
    void Go(Func<ShimGo> go);

    /// <summary>Tells the shim what is left of the node's lease.</summary>
    void RenewLease();

    /// <summary>Has the shim stop the program's whole tree: TERM now, KILL after the grace.</summary>
    void Stop(TimeSpan grace);

    /// <summary>The engine says that a container, by its id, has died.</summary>
    void OnDied(string id);

    /// <summary>Kills the first process, and with it all others. Repeats until the container is over or the bridge stops.</summary>
    Task KillAsync(CancellationToken stopping);

    /// <summary>
    /// Whether the engine says that the kernel killed for memory in the container, once it has ended; false if it cannot say.
    /// </summary>
    Task<bool> WasOutOfMemoryAsync(CancellationToken cancellationToken);

    /// <summary>Removes the container and its run directory; nothing happens when they are gone.</summary>
    /// <exception cref="PodmanException">The engine could not do it.</exception>
    /// <exception cref="IOException">The run directory cannot be removed.</exception>
    Task RemoveAsync(CancellationToken cancellationToken);
}

/// <summary>Makes containers with our shim in them.</summary>
internal interface IShimContainers
{
    /// <summary>A container of that name, which may or may not be there yet.</summary>
    IShimContainer Create(ShimContainerIdentity identity);
}

/// <summary>Which container it is, and what is on record of it.</summary>
internal sealed record ShimContainerIdentity
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is called in messages, such as <c>container</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The directory of its sockets on this node.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The file that the engine writes the shim's output to.</summary>
    public required string LogPath { get; init; }

    /// <summary>The file that is mounted as the shim. Throws an <see cref="IOException"/> when it is not there.</summary>
    public required Func<FileIdentity> Shim { get; init; }

    /// <summary>Whether it is on record that the program was let go. A shim that claims so without the record is not believed.</summary>
    public required Func<bool> Released { get; init; }

    /// <summary>Called when a shim calls, before it is believed.</summary>
    public Action? Connected { get; init; }

    /// <summary>
    /// Called when the program runs, also after each new connection of a running shim; with the hooks that ran before it.
    /// </summary>
    public Action<IReadOnlyList<ShimHookDone>?>? Started { get; init; }
}

/// <summary>What a container is made of.</summary>
internal sealed record ShimContainerPlan
{
    /// <summary>Mounts, user, command, limits and log.</summary>
    public required SpecGenerator Spec { get; init; }

    /// <summary>Makes the volumes, before the container is created.</summary>
    public Func<CancellationToken, Task>? MakeVolumesAsync { get; init; }

    /// <summary>
    /// Whether a container of that name may be there. It is removed first, with its log: nothing that counts has run in it.
    /// </summary>
    public bool Replaces { get; init; }
}
