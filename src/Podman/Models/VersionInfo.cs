using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>The engine's version.</summary>
internal sealed record VersionInfo
{
    [JsonPropertyName("Version")]
    public string? Version { get; init; }

    [JsonPropertyName("APIVersion")]
    public string? APIVersion { get; init; }
}
