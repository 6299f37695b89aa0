using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>Containers: <c>/libpod/containers</c>. A container is named by its name or id.</summary>
public interface IContainerOperations
{
    /// <summary>Creates a container (<c>POST containers/create</c>).</summary>
    /// <param name="spec">The container.</param>
    /// <param name="cancellationToken">
    /// Ends the wait for an engine that does not listen. A call that has been sent goes on, because the engine would carry it out anyway.
    /// </param>
    /// <returns>The container's id.</returns>
    /// <exception cref="PodmanException">The container was not created; if the name is taken, <see cref="PodmanException.IsConflict"/> is
    /// true.</exception>
    Task<string> CreateAsync(SpecGenerator spec, CancellationToken cancellationToken);

    /// <summary>Starts a container (<c>POST containers/{name}/start</c>). Does nothing if it already runs.</summary>
    /// <param name="name">The container.</param>
    /// <param name="cancellationToken">
    /// Ends the wait for an engine that does not listen. A call that has been sent goes on, because the engine would carry it out anyway.
    /// </param>
    /// <exception cref="PodmanException">The container did not start, or there is none.</exception>
    Task StartAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads a container's configuration and state (<c>GET containers/{name}/json</c>).</summary>
    /// <param name="name">The container.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The container; null if there is none.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<ContainerInspection?> InspectAsync(string name, CancellationToken cancellationToken);

    /// <summary>Lists containers in every state (<c>GET containers/json</c>).</summary>
    /// <param name="labels">The labels that a container must have, all of them; empty for every container.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The containers.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<IReadOnlyList<ContainerSummary>> ListAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Sends a signal to a container's first process (<c>POST containers/{name}/kill</c>).</summary>
    /// <param name="name">The container.</param>
    /// <param name="signal">The signal's name, such as <c>SIGTERM</c>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False if there is no such container or it does not run.</returns>
    /// <exception cref="PodmanException">
    /// The engine did not answer, or answered with an error. Without an answer the signal may have been sent; it is never sent twice.
    /// </exception>
    Task<bool> KillAsync(string name, string signal, CancellationToken cancellationToken);

    /// <summary>Waits until a container does not run (<c>POST containers/{name}/wait</c>). There is no time limit.</summary>
    /// <param name="name">The container.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The exit code; null if there is no such container.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<int?> WaitAsync(string name, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a container only to read files of its image (<c>POST containers/create</c>). It has no network, volumes or log; do not start
    /// it.
    /// </summary>
    /// <param name="imageID">The id of a local image.</param>
    /// <param name="labels">The container's labels.</param>
    /// <param name="cancellationToken">Ends the call. The engine may still create the container; its labels find it.</param>
    /// <returns>The container's id.</returns>
    /// <exception cref="PodmanException">The container was not created.</exception>
    Task<string> CreateForReadingAsync(string imageID, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Tells whether a path of a container exists and is not a directory (<c>HEAD containers/{name}/archive</c>).</summary>
    /// <param name="name">The container.</param>
    /// <param name="path">An absolute path in the container.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>False also if there is no such container.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<bool> HasFileAsync(string name, string path, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the beginning of a regular file in a container (<c>GET containers/{name}/archive</c>). Links resolve inside the container.
    /// </summary>
    /// <param name="name">The container.</param>
    /// <param name="path">An absolute path in the container.</param>
    /// <param name="maxBytes">The most bytes to read.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The bytes; null if there is no such container or no regular file at the path.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<byte[]?> ReadFileAsync(string name, string path, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Kills and removes a container and its anonymous volumes (<c>DELETE containers/{name}</c>).</summary>
    /// <param name="name">The container.</param>
    /// <param name="cancellationToken">Ends the call; the engine may still remove the container.</param>
    /// <returns>False if there was no such container.</returns>
    /// <exception cref="PodmanException">The container was not removed.</exception>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);
}
