using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>Where the engine keeps its volumes and images.</summary>
internal sealed class EngineFolders(IPodman podman)
{
    private string? _volumes;
    private string? _images;

    /// <summary>The folder of volumes, or what will hold it: the engine makes it with its first volume.</summary>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    /// <exception cref="IOException">It does not tell.</exception>
    public async Task<string> VolumesAsync(CancellationToken cancellationToken)
    {
        if (_volumes is null)
        {
            await ReadAsync(cancellationToken);
        }

        var folder = _volumes ?? throw new IOException("Podman does not tell where it keeps volumes.");
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
        {
            folder = above;
        }

        return folder;
    }

    /// <summary>
    /// The folder of images; null while it is not known or cannot be seen from here, and then counts as being where the volumes are.
    /// </summary>
    public string? Images => Directory.Exists(_images) ? _images : null;

    /// <summary>Asks where they are, if that is not known.</summary>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public Task LearnAsync(CancellationToken cancellationToken) => _images is null ? ReadAsync(cancellationToken) : Task.CompletedTask;

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var store = (await podman.System.InfoAsync(cancellationToken)).Store;
        (_volumes, _images) = (store?.VolumePath, store?.GraphRoot);
    }
}
