using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>Secrets of the engine's store: <c>/libpod/secrets</c>.</summary>
public interface ISecretOperations
{
    /// <summary>Reads a secret and its value (<c>GET secrets/{name}/json</c>).</summary>
    /// <param name="name">The secret's exact name. Podman would also accept an id or the beginning of one; this method does not.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <returns>
    /// The secret; null if there is none. <see cref="SecretInspection.Value"/> is null before Podman 4.7, which does not return values.
    /// </returns>
    /// <exception cref="PodmanException">The engine did not answer, or answered with an error.</exception>
    Task<SecretInspection?> InspectAsync(string name, CancellationToken cancellationToken);
}
