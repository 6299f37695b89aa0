using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>libpod's volumes.</summary>
internal interface IVolumeOperations
{
    /// <summary>Makes a volume; one of that name that carries the same labels is taken as it is.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels.</param>
    /// <param name="owner">The user and group that it belongs to, as the containers number them.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PodmanException">Also when the name belongs to a volume with other labels.</exception>
    Task CreateAsync(string name, IReadOnlyDictionary<string, string> labels, int owner, CancellationToken cancellationToken);

    /// <summary>Every volume that carries all of the labels.</summary>
    Task<IReadOnlyList<VolumeInspection>> ListAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>The volume, or null if there is none of that name.</summary>
    Task<VolumeInspection?> InspectAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes the volume; false if there was none.</summary>
    /// <exception cref="PodmanException">Also when a container uses it (<see cref="PodmanException.IsConflict"/>).</exception>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);
}
