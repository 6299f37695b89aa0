using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>The OCI runtime.</summary>
internal sealed record RuntimeInfo
{
    [JsonPropertyName("name")]
    public string? Name { get; init; }

    [JsonPropertyName("version")]
    public string? Version { get; init; }
}
