using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>libpod's containers.</summary>
internal interface IContainerOperations
{
    /// <summary>
    /// Makes a container and returns its id. Cancellation ends the wait for an engine that is away, never a call that is under way.
    /// </summary>
    /// <exception cref="PodmanException">Also when the name is taken (<see cref="PodmanException.IsConflict"/>).</exception>
    Task<string> CreateAsync(SpecGenerator spec, CancellationToken cancellationToken);

    /// <summary>
    /// Starts a container; one that runs already stays as it is. Cancellation ends the wait for an engine that is away, never a call that
    /// is under way.
    /// </summary>
    Task StartAsync(string name, CancellationToken cancellationToken);

    /// <summary>The container, or null if there is none of that name or id.</summary>
    Task<ContainerInspection?> InspectAsync(string name, CancellationToken cancellationToken);

    /// <summary>Every container, running or not, that carries all of the labels.</summary>
    Task<IReadOnlyList<ContainerSummary>> ListAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Sends a signal to the container's first process; false when there is no such container or it does not run.</summary>
    Task<bool> KillAsync(string name, string signal, CancellationToken cancellationToken);

    /// <summary>Waits until the container does not run and returns its exit code; null if there is no such container.</summary>
    Task<int?> WaitAsync(string name, CancellationToken cancellationToken);

    /// <summary>Makes a container of the image that is not to be started: only to be looked into.</summary>
    Task<string> CreateForReadingAsync(string imageID, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Whether there is something other than a folder at that path of the container.</summary>
    Task<bool> HasFileAsync(string name, string path, CancellationToken cancellationToken);

    /// <summary>
    /// The first bytes of the regular file at that path of the container, links followed within it; null if there is none.
    /// </summary>
    /// <param name="name">The container.</param>
    /// <param name="path">An absolute path.</param>
    /// <param name="maxBytes">How many bytes at most.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<byte[]?> ReadFileAsync(string name, string path, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Kills and removes the container with its anonymous volumes; false if there was none.</summary>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);
}
