using Stromboli.PodmanBridge.Podman.Models;

namespace Stromboli.PodmanBridge.Podman;

/// <summary>libpod's volumes.</summary>
internal interface IVolumeOperations
{
    /// <summary>Makes a volume; one of that name that carries the same labels is taken as it is.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="owner">The user and group that it belongs to, as the containers number them.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="PodmanException">Also when the name belongs to a volume with other labels.</exception>
    Task CreateAsync(string name, IReadOnlyDictionary<string, string> labels, int owner, CancellationToken cancellation);

    /// <summary>Every volume that carries all of the labels.</summary>
    Task<IReadOnlyList<VolumeInspection>> ListAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellation);

    /// <summary>The volume, or null if there is none of that name.</summary>
    Task<VolumeInspection?> InspectAsync(string name, CancellationToken cancellation);

    /// <summary>Removes the volume; false if there was none.</summary>
    /// <exception cref="PodmanException">Also when a container uses it (<see cref="PodmanException.IsConflict"/>).</exception>
    Task<bool> RemoveAsync(string name, CancellationToken cancellation);
}
