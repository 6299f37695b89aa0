using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <summary>libpod's secrets.</summary>
internal interface ISecretOperations
{
    /// <summary>The secret of exactly that name, with what it holds where Podman tells (4.7 and later); null if there is none.</summary>
    Task<SecretInspection?> InspectAsync(string name, CancellationToken cancellationToken);
}
