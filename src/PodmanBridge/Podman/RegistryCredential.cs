namespace Stromboli.PodmanBridge.Podman;

/// <summary>What a registry is shown.</summary>
/// <param name="Server">The registry, as it stands in an image's name, or a prefix of that name.</param>
/// <param name="Username">The user.</param>
/// <param name="Password">The password or token.</param>
internal sealed record RegistryCredential(string Server, string Username, string Password)
{
    /// <inheritdoc />
    public override string ToString() => $"credential for {Server}";
}
