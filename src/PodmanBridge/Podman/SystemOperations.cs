using System.Runtime.CompilerServices;
using Stromboli.PodmanBridge.Podman.Models;

namespace Stromboli.PodmanBridge.Podman;

/// <inheritdoc />
internal sealed class SystemOperations(PodmanTransport transport) : ISystemOperations
{
    public Task<SystemInfo> InfoAsync(CancellationToken cancellation) => InfoAsync(waits: true, cancellation);

    public Task<SystemInfo> InfoAtOnceAsync(CancellationToken cancellation) => InfoAsync(waits: false, cancellation);

    public async IAsyncEnumerable<ContainerEvent> EventsAsync(
        IReadOnlyDictionary<string, string> labels, Action? connected, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var filters = PodmanFilters.Of(
            ("type", ["container"]),
            ("event", ["died", "remove", "oom"]),
            ("label", labels.Select(l => $"{l.Key}={l.Value}")));
        var request = PodmanRequest.Get("events?stream=true&filters=" + filters) with { Timeout = PodmanTimeouts.None };
        using var response = await transport.OpenAsync(request, cancellation);
        connected?.Invoke();
        await foreach (var line in JsonLines.ReadAsync(request.Name, response, PodmanJson.Default.ContainerEvent, cancellation))
        {
            // Podman 5.4 takes several labels as alternatives.
            if (PodmanFilters.Carries(line.Actor?.Attributes, labels))
                yield return line;
        }
        throw new PodmanException(request.Name, "the service ended the stream of events");
    }

    public async IAsyncEnumerable<ContainerEvent> ImageEventsAsync(Action? connected, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = PodmanRequest.Get("events?stream=true&filters=" + PodmanFilters.Of(("type", ["image"]))) with { Timeout = PodmanTimeouts.None };
        using var response = await transport.OpenAsync(request, cancellation);
        connected?.Invoke();
        await foreach (var line in JsonLines.ReadAsync(request.Name, response, PodmanJson.Default.ContainerEvent, cancellation))
            yield return line;
        throw new PodmanException(request.Name, "the service ended the stream of events");
    }

    private async Task<SystemInfo> InfoAsync(bool waits, CancellationToken cancellation)
    {
        var response = await transport.SendAsync(PodmanRequest.Get("info") with { Waits = waits }, cancellation);
        return response.Read(PodmanJson.Default.SystemInfo);
    }
}
