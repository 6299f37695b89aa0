using System.Text.Json;
using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <inheritdoc />
internal sealed class VolumeOperations(PodmanTransport transport) : IVolumeOperations
{
    public async Task CreateAsync(string name, IReadOnlyDictionary<string, string> labels, int owner, CancellationToken cancellationToken)
    {
        var options = new Dictionary<string, string> { ["o"] = $"uid={owner},gid={owner}" };
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new VolumeCreate
            {
                Name = name,
                Labels = labels,
                Options = options,
            },
            PodmanJson.Default.VolumeCreate
        );
        // If the first of two calls succeeded, the answer to the second is a conflict, which is examined below.
        var request = PodmanRequest.Post("volumes/create") with
        {
            Body = body,
            Idempotent = true,
            Uninterruptible = true,
        };
        var response = await transport.SendAsync(request, cancellationToken);
        if (response.IsSuccess)
        {
            return;
        }

        var error = response.ToException();
        if (
            !error.IsConflict
            || await InspectAsync(name, cancellationToken) is not { } existing
            || !PodmanFilters.Carries(existing.Labels, labels)
        )
        {
            throw error;
        }
    }

    public async Task<IReadOnlyList<VolumeInspection>> ListAsync(
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    )
    {
        // Podman 5.4 lists the volumes that have any of the labels, so all of them are compared here.
        var request = PodmanRequest.Get("volumes/json?filters=" + PodmanFilters.Labels(labels)) with
        {
            MaxResponseBytes = 64 * 1024 * 1024,
        };
        var response = await transport.SendAsync(request, cancellationToken);
        return [.. response.Read(PodmanJson.Default.VolumeInspectionArray).Where(v => PodmanFilters.Carries(v.Labels, labels))];
    }

    public async Task<VolumeInspection?> InspectAsync(string name, CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(PodmanRequest.Get($"volumes/{Uri.EscapeDataString(name)}/json"), cancellationToken);
        return response.IsNotFound ? null : response.Read(PodmanJson.Default.VolumeInspection);
    }

    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(PodmanRequest.Delete($"volumes/{Uri.EscapeDataString(name)}"), cancellationToken);
        if (response.IsNotFound)
        {
            return false;
        }

        response.OrThrow();
        return true;
    }
}
