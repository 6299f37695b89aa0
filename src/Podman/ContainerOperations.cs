using System.Formats.Tar;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <inheritdoc />
internal sealed class ContainerOperations(PodmanTransport transport) : IContainerOperations
{
    /// <summary>How many times a create is tried when its connection breaks.</summary>
    private const int CreateTries = 3;

    public async Task<string> CreateAsync(SpecGenerator spec, CancellationToken cancellationToken)
    {
        // If the first of two calls succeeded, the answer to the second is that the name is taken. The loop below handles that.
        var request = PodmanRequest.Post("containers/create") with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(spec, PodmanJson.Default.SpecGenerator),
            Idempotent = true,
            Uninterruptible = true,
        };
        for (var tries = 1; ; tries++)
        {
            var response = await transport.SendAsync(request, cancellationToken);
            if (
                response.IsSuccess
                || !response.Interrupted
                || tries == CreateTries
                || !response.ToException().IsConflict
                || await WasStartedAsync(spec.Name, cancellationToken)
            )
            {
                return response.Read(PodmanJson.Default.ContainerCreated).ID;
            }
            // The interrupted call left this container, complete or not. It cannot have been started.
            await RemoveAsync(spec.Name, cancellationToken);
        }
    }

    public async Task StartAsync(string name, CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(
            PodmanRequest.Post($"containers/{Escape(name)}/start") with
            {
                Idempotent = true,
                Uninterruptible = true,
            },
            cancellationToken
        );
        if (response.Status is not HttpStatusCode.NotModified)
        {
            response.OrThrow();
        }
    }

    public async Task<ContainerInspection?> InspectAsync(string name, CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(PodmanRequest.Get($"containers/{Escape(name)}/json"), cancellationToken);
        return response.IsNotFound ? null : response.Read(PodmanJson.Default.ContainerInspection);
    }

    public async Task<IReadOnlyList<ContainerSummary>> ListAsync(
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    )
    {
        var path = "containers/json?all=true&filters=" + PodmanFilters.Labels(labels);
        var response = await transport.SendAsync(PodmanRequest.Get(path) with { MaxResponseBytes = 64 * 1024 * 1024 }, cancellationToken);
        return [.. response.Read(PodmanJson.Default.ContainerSummaryArray).Where(c => PodmanFilters.Carries(c.Labels, labels))];
    }

    public async Task<bool> KillAsync(string name, string signal, CancellationToken cancellationToken)
    {
        var request = PodmanRequest.Post($"containers/{Escape(name)}/kill?signal={Escape(signal)}");
        var response = await transport.SendAsync(request, cancellationToken);
        if (response.IsSuccess)
        {
            return true;
        }

        var error = response.ToException();
        return response.IsNotFound || error.IsWrongState ? false : throw error;
    }

    public async Task<int?> WaitAsync(string name, CancellationToken cancellationToken)
    {
        // Podman polls, by default every 250 ms.
        var path = $"containers/{Escape(name)}/wait?condition=stopped&condition=exited&interval=100ms";
        var request = PodmanRequest.Post(path) with { Timeout = PodmanTimeouts.None, Idempotent = true };
        var response = await transport.SendAsync(request, cancellationToken);
        if (response.IsNotFound)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(response.OrThrow().Body).Trim();
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var code)
            ? code
            : throw new PodmanException(request.Name, "the answer is not an exit code", response.Status);
    }

    public async Task<string> CreateForReadingAsync(
        string imageID,
        IReadOnlyDictionary<string, string> labels,
        CancellationToken cancellationToken
    )
    {
        var spec = new ReadingSpec { Image = imageID, Labels = labels };
        var request = PodmanRequest.Post("containers/create") with
        {
            Body = JsonSerializer.SerializeToUtf8Bytes(spec, PodmanJson.Default.ReadingSpec),
        };
        return (await transport.SendAsync(request, cancellationToken)).Read(PodmanJson.Default.ContainerCreated).ID;
    }

    public async Task<bool> HasFileAsync(string name, string path, CancellationToken cancellationToken)
    {
        var request = new PodmanRequest(HttpMethod.Head, ArchivePath(name, path), PodmanTimeouts.Read) { Idempotent = true };
        using var response = await transport.OpenRawAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            return false;
        }
        // An answer to HEAD has no body with an error message.
        if (!response.IsSuccessStatusCode)
        {
            throw new PodmanException(request.Name, $"HTTP status {(int)response.StatusCode}", response.StatusCode);
        }

        return response.Headers.TryGetValues("X-Docker-Container-Path-Stat", out var values)
            && JsonSerializer.Deserialize(Convert.FromBase64String(values.First()), PodmanJson.Default.PathStat) is { IsDirectory: false };
    }

    public async Task<byte[]?> ReadFileAsync(string name, string path, int maxBytes, CancellationToken cancellationToken)
    {
        var request = PodmanRequest.Get(ArchivePath(name, path)) with { Timeout = PodmanTimeouts.Write };
        using var response = await transport.OpenRawAsync(request, cancellationToken);
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            return null;
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new PodmanException(request.Name, $"HTTP status {(int)response.StatusCode}", response.StatusCode);
        }

        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
            await using var tar = new TarReader(stream);
            if (
                await tar.GetNextEntryAsync(copyData: false, cancellationToken)
                is not { EntryType: TarEntryType.RegularFile or TarEntryType.V7RegularFile, DataStream: { } content }
            )
            {
                return null;
            }

            var bytes = new byte[Math.Min(maxBytes, content.Length)];
            var read = await content.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
            return bytes[..read];
        }
        catch (Exception e) when (e is IOException or InvalidDataException or HttpRequestException)
        {
            throw new PodmanException(request.Name, $"the archive cannot be read: {e.Message}", inner: e);
        }
    }

    public async Task<bool> RemoveAsync(string name, CancellationToken cancellationToken)
    {
        var request = PodmanRequest.Delete($"containers/{Escape(name)}?force=true&v=true&timeout=0");
        var response = await transport.SendAsync(request, cancellationToken);
        if (response.IsNotFound)
        {
            return false;
        }

        response.OrThrow();
        if (response.Body.Length == 0)
        {
            return true;
        }
        // Podman answers 200 and reports errors for each container.
        foreach (var report in response.Read(PodmanJson.Default.RemoveReportArray))
        {
            if (report.Error is { Length: > 0 } error)
            {
                throw new PodmanException(request.Name, error, response.Status);
            }
        }
        return true;
    }

    private async Task<bool> WasStartedAsync(string name, CancellationToken cancellationToken) =>
        await InspectAsync(name, cancellationToken) is { State: { Running: true } or { StartedAt.Year: > 1970 } };

    private static string ArchivePath(string name, string path) => $"containers/{Escape(name)}/archive?path={Escape(path)}";

    private static string Escape(string name) => Uri.EscapeDataString(name);
}
