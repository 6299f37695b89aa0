using Stromboli.PodmanBridge.Podman.Models;

namespace Stromboli.PodmanBridge.Podman;

/// <inheritdoc />
internal sealed class SecretOperations(PodmanTransport transport) : ISecretOperations
{
    public async Task<SecretInspection?> InspectAsync(string name, CancellationToken cancellation)
    {
        var response = await transport.SendAsync(PodmanRequest.Get($"secrets/{Uri.EscapeDataString(name)}/json?showsecret=true"), cancellation);
        if (response.IsNotFound)
            return null;
        // Podman also takes an id and the beginning of one for a name.
        return response.Read(PodmanJson.Default.SecretInspection) is { } secret && secret.Spec?.Name == name ? secret : null;
    }
}
