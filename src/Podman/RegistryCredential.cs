namespace Stromboli.Podman;

/// <summary>What a registry is shown.</summary>
/// <param name="Username">The user.</param>
/// <param name="Password">The password or token.</param>
internal sealed record RegistryCredential(string Username, string Password)
{
    /// <inheritdoc />
    public override string ToString() => nameof(RegistryCredential);
}
