using Stromboli.Podman;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>Where the engine keeps its volumes and images.</summary>
internal sealed class EngineFolders(IPodman podman)
{
    private string? _volumes;
    private string? _images;

    /// <summary>The directory of volumes, or its nearest existing parent: the engine creates the directory with its first volume.</summary>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    /// <exception cref="IOException">The engine does not say.</exception>
    public async Task<string> VolumesAsync(CancellationToken cancellationToken)
    {
        if (_volumes is null)
        {
            await ReadAsync(cancellationToken);
        }

        var folder = _volumes ?? throw new IOException("Podman does not report where it stores volumes.");
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
        {
            folder = above;
        }

        return folder;
    }

    /// <summary>
    /// The directory of images; null if it is unknown or not visible to the bridge, in which case it counts as being on the volumes' file
    /// system.
    /// </summary>
    public string? Images => Directory.Exists(_images) ? _images : null;

    /// <summary>Asks the engine, unless the directories are known.</summary>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public Task LearnAsync(CancellationToken cancellationToken) => _images is null ? ReadAsync(cancellationToken) : Task.CompletedTask;

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        var store = (await podman.System.InfoAsync(cancellationToken)).Store;
        (_volumes, _images) = (store?.VolumePath, store?.GraphRoot);
    }
}
