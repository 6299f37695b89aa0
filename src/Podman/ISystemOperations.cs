using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>The engine itself.</summary>
internal interface ISystemOperations
{
    /// <summary>What the engine is and what it can do.</summary>
    Task<SystemInfo> InfoAsync(CancellationToken cancellationToken);

    /// <summary>The same, but an engine that is away is not waited for.</summary>
    /// <exception cref="PodmanException">Also when the engine is away (<see cref="PodmanException.IsUnreachable"/>).</exception>
    Task<SystemInfo> InfoAtOnceAsync(CancellationToken cancellationToken);

    /// <summary>
    /// What happens from now on to containers that carry the labels. A hint only: Podman may lose events, inspect is the truth. Ends with
    /// an exception when the connection does; the caller connects again, and looks at everything once.
    /// </summary>
    /// <param name="labels">Labels that the container carries, all of them.</param>
    /// <param name="connected">Called once, when the service has accepted the subscription.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<ContainerEvent> EventsAsync(
        IReadOnlyDictionary<string, string> labels,
        Action? connected,
        CancellationToken cancellationToken
    );

    /// <summary>What happens from now on to images: one value for each event, whatever it is. A hint only, as above.</summary>
    /// <param name="connected">Called once, when the service has accepted the subscription.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    IAsyncEnumerable<ContainerEvent> ImageEventsAsync(Action? connected, CancellationToken cancellationToken);
}
