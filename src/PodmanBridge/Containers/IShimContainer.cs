using Stromboli.Gateway.Sockets;
using Stromboli.Podman;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// A container whose first process is our shim. Every use follows one order: <see cref="Listen"/>, <see cref="StartAsync"/> (or
/// <see cref="Attach"/> for an existing container), <see cref="HelloAsync"/>, <see cref="Trust"/>, <see cref="Go"/>, wait for
/// <see cref="Over"/>, <see cref="RemoveAsync"/>. The shim's last record is in its log (<see cref="ShimLogRecords"/>).
/// </summary>
internal interface IShimContainer : IAsyncDisposable
{
    /// <summary>Admits the processes of this container to a socket of its run directory. Available after <see cref="Listen"/>.</summary>
    ISocketPeers Peers { get; }

    /// <summary>
    /// Completes when nothing that was let go runs any more, as the shim or the engine reported. Fails with a
    /// <see cref="RunRefusedException"/> if the first process is not the shim.
    /// </summary>
    Task Over { get; }

    /// <summary>What the engine reports about the container; null if there is none. Waits for an engine that does not answer.</summary>
    /// <exception cref="PodmanException">The engine answered with an error.</exception>
    Task<ContainerInspection?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Creates the run directory and the shim's socket in it.</summary>
    void Listen();

    /// <summary>
    /// Creates the container, compares what the engine created with the plan, starts the container, and waits for its shim to connect.
    /// </summary>
    /// <returns>What the engine reports about the running container; null if the container does not run any more.</returns>
    /// <exception cref="RunRefusedException">
    /// The engine could not create or start the container, or the container differs from the plan.
    /// </exception>
    Task<ContainerInspection?> StartAsync(ShimContainerPlan plan, CancellationToken cancellationToken);

    /// <summary>Lets the shim of a running container connect.</summary>
    void Attach(ContainerInspection running);

    /// <summary>Waits for the first message of the shim. No other message counts before <see cref="Trust"/>.</summary>
    /// <returns>The first message; null if the container ended before it.</returns>
    /// <exception cref="RunRefusedException">The process is not the shim, or claims a state that it cannot be in.</exception>
    /// <exception cref="TimeoutException">The shim did not connect in time.</exception>
    Task<ShimHello?> HelloAsync(CancellationToken cancellationToken);

    /// <summary>Compares the mounts that the shim sees with those that the bridge opened. From then on the shim's messages count.</summary>
    /// <exception cref="RunRefusedException">They differ.</exception>
    void Trust(ShimHello hello, IEnumerable<(string Path, FileIdentity Identity)> opened);

    /// <summary>Lets the program go. The function is called at the moment of sending.</summary>
    void Go(Func<ShimGo> go);

    /// <summary>Tells the shim how much of the node's lease is left.</summary>
    void RenewLease();

    /// <summary>Tells the shim to stop the program's whole tree: TERM now, KILL after the grace.</summary>
    void Stop(TimeSpan grace);

    /// <summary>The engine reports that a container, given by its id, has died.</summary>
    void OnDied(string id);

    /// <summary>Kills the first process, and all others with it. Repeats until the container has ended or the bridge stops.</summary>
    Task KillAsync(CancellationToken stopping);

    /// <summary>
    /// Whether the engine reports that the kernel killed a process of the container for lack of memory. Waits for the container's end;
    /// false if the engine cannot say.
    /// </summary>
    Task<bool> WasOutOfMemoryAsync(CancellationToken cancellationToken);

    /// <summary>Removes the container and its run directory. Does nothing if they do not exist.</summary>
    /// <exception cref="PodmanException">The engine could not remove the container.</exception>
    /// <exception cref="IOException">The run directory cannot be removed.</exception>
    Task RemoveAsync(CancellationToken cancellationToken);
}

/// <summary>Creates containers with our shim in them.</summary>
internal interface IShimContainers
{
    /// <summary>A container with the given name, which may not exist yet.</summary>
    IShimContainer Create(ShimContainerIdentity identity);
}

/// <summary>Identifies a container, and holds what is on record about it.</summary>
internal sealed record ShimContainerIdentity
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>The word for the container in messages, such as <c>container</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The directory of its sockets on this node.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The file to which the engine writes the shim's output.</summary>
    public required string LogPath { get; init; }

    /// <summary>The file that is mounted as the shim. Throws an <see cref="IOException"/> if it does not exist.</summary>
    public required Func<FileIdentity> Shim { get; init; }

    /// <summary>Whether it is on record that the program was let go. Without the record, a shim that claims this is not believed.</summary>
    public required Func<bool> Released { get; init; }

    /// <summary>Called when a shim connects, before the bridge trusts it.</summary>
    public Action? Connected { get; init; }

    /// <summary>
    /// Called when the program runs, with the hooks that ran before it. Called again after each new connection of a running shim.
    /// </summary>
    public Action<IReadOnlyList<ShimHookDone>?>? Started { get; init; }
}

/// <summary>The plan of a container.</summary>
internal sealed record ShimContainerPlan
{
    /// <summary>Mounts, user, command, limits and log.</summary>
    public required SpecGenerator Spec { get; init; }

    /// <summary>Creates the volumes, before the container is created.</summary>
    public Func<CancellationToken, Task>? MakeVolumesAsync { get; init; }

    /// <summary>
    /// Whether a container with that name may exist. It is removed first, together with its log: nothing that counts has run in it.
    /// </summary>
    public bool Replaces { get; init; }
}
