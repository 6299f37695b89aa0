using Stromboli.Podman.Models;

namespace Stromboli.Podman;

/// <inheritdoc />
internal sealed class SecretOperations(PodmanTransport transport) : ISecretOperations
{
    public async Task<SecretInspection?> InspectAsync(string name, CancellationToken cancellationToken)
    {
        var response = await transport.SendAsync(
            PodmanRequest.Get($"secrets/{Uri.EscapeDataString(name)}/json?showsecret=true"),
            cancellationToken
        );
        if (response.IsNotFound)
        {
            return null;
        }
        // Podman also accepts an id, or the beginning of one, as a name.
        return response.Read(PodmanJson.Default.SecretInspection) is { } secret && secret.Spec?.Name == name ? secret : null;
    }
}
