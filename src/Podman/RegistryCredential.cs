namespace Stromboli.Podman;

/// <summary>A login for a registry.</summary>
/// <param name="Username">The user.</param>
/// <param name="Password">The password or token.</param>
public sealed record RegistryCredential(string Username, string Password)
{
    /// <summary>Never contains the credential.</summary>
    public override string ToString() => nameof(RegistryCredential);
}
