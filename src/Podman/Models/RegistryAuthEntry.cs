using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>The <c>X-Registry-Auth</c> header: one user.</summary>
internal sealed record RegistryAuthEntry
{
    [JsonPropertyName("username")]
    public required string Username { get; init; }

    [JsonPropertyName("password")]
    public required string Password { get; init; }
}
