using Stromboli.PodmanBridge.Podman;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>Where the engine keeps its volumes.</summary>
internal sealed class EngineVolumes(IPodman podman)
{
    private string? _folder;

    /// <summary>The folder, or what will hold it: the engine makes it with its first volume.</summary>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    /// <exception cref="IOException">It does not tell.</exception>
    public async Task<string> FolderAsync(CancellationToken cancellation)
    {
        _folder ??= (await podman.System.InfoAsync(cancellation)).Store?.VolumePath ?? throw new IOException("Podman does not tell where it keeps volumes.");
        var folder = _folder;
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above)
            folder = above;
        return folder;
    }
}
