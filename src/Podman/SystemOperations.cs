using System.Runtime.CompilerServices;
using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <inheritdoc />
internal sealed class SystemOperations(PodmanTransport transport) : ISystemOperations
{
    public Task<SystemInfo> InfoAsync(CancellationToken cancellationToken) => InfoAsync(waits: true, cancellationToken);

    public Task<SystemInfo> InfoAtOnceAsync(CancellationToken cancellationToken) => InfoAsync(waits: false, cancellationToken);

    public async IAsyncEnumerable<ContainerEvent> EventsAsync(
        IReadOnlyDictionary<string, string> labels,
        Action? connected,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var filters = PodmanFilters.Of(
            ("type", ["container"]),
            ("event", ["died", "remove", "oom"]),
            ("label", labels.Select(l => $"{l.Key}={l.Value}"))
        );
        var request = PodmanRequest.Get("events?stream=true&filters=" + filters) with { Timeout = PodmanTimeouts.None };
        using var response = await transport.OpenAsync(request, cancellationToken);
        connected?.Invoke();
        await foreach (var line in JsonLines.ReadAsync(request.Name, response, PodmanJson.Default.ContainerEvent, cancellationToken))
        {
            // Podman 5.4 sends the events of containers that have any of the labels.
            if (PodmanFilters.Carries(line.Actor?.Attributes, labels))
            {
                yield return line;
            }
        }
        throw new PodmanException(request.Name, "the engine ended the stream of events");
    }

    public async IAsyncEnumerable<ContainerEvent> ImageEventsAsync(
        Action? connected,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var request = PodmanRequest.Get("events?stream=true&filters=" + PodmanFilters.Of(("type", ["image"]))) with
        {
            Timeout = PodmanTimeouts.None,
        };
        using var response = await transport.OpenAsync(request, cancellationToken);
        connected?.Invoke();
        await foreach (var line in JsonLines.ReadAsync(request.Name, response, PodmanJson.Default.ContainerEvent, cancellationToken))
        {
            yield return line;
        }

        throw new PodmanException(request.Name, "the engine ended the stream of events");
    }

    private async Task<SystemInfo> InfoAsync(bool waits, CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(PodmanRequest.Get("info") with { Waits = waits }, cancellationToken);
        return response.Read(PodmanJson.Default.SystemInfo);
    }
}
