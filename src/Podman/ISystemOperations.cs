using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>The engine itself: <c>/libpod/info</c> and <c>/libpod/events</c>.</summary>
public interface ISystemOperations
{
    /// <summary>Reads what the engine and its host are (<c>GET info</c>).</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The engine and its host.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<SystemInfo> InfoAsync(CancellationToken cancellationToken);

    /// <summary>Same as <see cref="InfoAsync"/>, but fails at once if nothing listens on the socket.</summary>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The engine and its host.</returns>
    /// <exception cref="PodmanException">
    /// The engine did not answer, or answered with an error; <see cref="PodmanException.IsUnreachable"/> is true if nothing listens.
    /// </exception>
    Task<SystemInfo> InfoAtOnceAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Streams the events <c>died</c>, <c>remove</c> and <c>oom</c> of containers from now on (<c>GET events</c>). Events are hints: Podman
    /// may lose some, so read a container's state to know it. The stream ends only with an exception; then connect again and read the state
    /// of every container once.
    /// </summary>
    /// <param name="labels">The labels that a container must have, all of them.</param>
    /// <param name="connected">Called once, when the engine has accepted the subscription; null to ignore that.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The events.</returns>
    /// <exception cref="PodmanException">The stream ended, or the engine answered with an error.</exception>
    IAsyncEnumerable<ContainerEvent> EventsAsync(
        IReadOnlyDictionary<string, string> labels,
        Action? connected,
        CancellationToken cancellationToken
    );

    /// <summary>Streams every event of images from now on (<c>GET events</c>). The hints of <see cref="EventsAsync"/> apply.</summary>
    /// <param name="connected">Called once, when the engine has accepted the subscription; null to ignore that.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <returns>The events.</returns>
    /// <exception cref="PodmanException">The stream ended, or the engine answered with an error.</exception>
    IAsyncEnumerable<ContainerEvent> ImageEventsAsync(Action? connected, CancellationToken cancellationToken);
}
