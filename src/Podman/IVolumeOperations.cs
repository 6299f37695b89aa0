using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>Volumes of the driver <c>local</c>: <c>/libpod/volumes</c>.</summary>
public interface IVolumeOperations
{
    /// <summary>Creates a volume (<c>POST volumes/create</c>). Does nothing if a volume of that name with these labels exists.</summary>
    /// <param name="name">The volume's name.</param>
    /// <param name="labels">The volume's labels.</param>
    /// <param name="owner">The user and group that own the volume, as containers number them.</param>
    /// <param name="cancellationToken">
    /// Ends the wait for an engine that does not listen. A call that has been sent goes on, because the engine would carry it out anyway.
    /// </param>
    /// <exception cref="PodmanException">The volume was not created; a volume of that name may have other labels.</exception>
    Task CreateAsync(string name, IReadOnlyDictionary<string, string> labels, int owner, CancellationToken cancellationToken);

    /// <summary>Lists volumes (<c>GET volumes/json</c>).</summary>
    /// <param name="labels">The labels that a volume must have, all of them; empty for every volume.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The volumes.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<IReadOnlyList<VolumeInspection>> ListAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Reads a volume (<c>GET volumes/{name}/json</c>).</summary>
    /// <param name="name">The volume's name.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>The volume; null if there is none.</returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<VolumeInspection?> InspectAsync(string name, CancellationToken cancellationToken);

    /// <summary>Removes a volume (<c>DELETE volumes/{name}</c>).</summary>
    /// <param name="name">The volume's name.</param>
    /// <param name="cancellationToken">Ends the call; the engine may still remove the volume.</param>
    /// <returns>False if there was no such volume.</returns>
    /// <exception cref="PodmanException">
    /// The volume was not removed; if a container uses it, <see cref="PodmanException.IsConflict"/> is true.
    /// </exception>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);
}
