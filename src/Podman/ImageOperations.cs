using System.Text.Json;
using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <inheritdoc />
internal sealed class ImageOperations(PodmanTransport transport) : IImageOperations
{
    public async Task<ImageInspection?> InspectAsync(string reference, CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(PodmanRequest.Get($"images/{EscapePath(reference)}/json"), cancellationToken);
        return response.IsNotFound ? null : response.Read(PodmanJson.Default.ImageInspection);
    }

    public async Task<IReadOnlyList<ImageSummary>> ListAsync(CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(
            PodmanRequest.Get("images/json") with
            {
                MaxResponseBytes = 64 * 1024 * 1024,
            },
            cancellationToken
        );
        return response.Read(PodmanJson.Default.ImageSummaryArray);
    }

    public async Task<string> PullAsync(
        string reference,
        string policy,
        RegistryCredential? credential,
        IProgress<string>? progress,
        CancellationToken cancellationToken
    )
    {
        // tlsVerify stays unset: the host's registries.conf says which registries need no TLS.
        var path = $"images/pull?reference={Uri.EscapeDataString(reference)}&policy={policy}";
        var request = PodmanRequest.Post(path) with { Timeout = PodmanTimeouts.None, RegistryAuth = Header(credential), Idempotent = true };
        return await transport.ReadAsync(request, (response, token) => PulledAsync(request, response, progress, token), cancellationToken);
    }

    private static async Task<string> PulledAsync(
        PodmanRequest request,
        HttpResponseMessage response,
        IProgress<string>? progress,
        CancellationToken cancellationToken
    )
    {
        string? id = null;
        string? error = null;
        await foreach (var line in JsonLines.ReadAsync(request.Name, response, PodmanJson.Default.PullReport, cancellationToken))
        {
            if (line.Stream is { Length: > 0 } text)
            {
                progress?.Report(text.TrimEnd());
            }

            id = line.ID ?? id;
            error = line.Error is { Length: > 0 } e ? e : error;
        }
        if (error is not null)
        {
            throw new PodmanException(request.Name, error, response.StatusCode);
        }

        return id ?? throw new PodmanException(request.Name, "the answer ended before the image was complete");
    }

    public async Task<bool> RemoveAsync(string reference, CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(PodmanRequest.Delete($"images/{EscapePath(reference)}?force=false"), cancellationToken);
        if (response.IsNotFound)
        {
            return false;
        }

        response.OrThrow();
        return true;
    }

    /// <summary>
    /// The <c>X-Registry-Auth</c> header. Without it libpod would use the credentials that its own user has stored; an empty map hides
    /// them. A credential goes as a single user and not in a map, because libpod writes a map to a file, which stays on the disk if the
    /// service is killed (seen with Podman 5.4.2).
    /// </summary>
    private static string Header(RegistryCredential? credential)
    {
        var json = credential is null
            ? "{}"u8.ToArray()
            : JsonSerializer.SerializeToUtf8Bytes(
                new RegistryAuthEntry { Username = credential.Username, Password = credential.Password },
                PodmanJson.Default.RegistryAuthEntry
            );
        return Convert.ToBase64String(json).Replace('+', '-').Replace('/', '_');
    }

    private static string EscapePath(string reference) => string.Join('/', reference.Split('/').Select(Uri.EscapeDataString));
}
