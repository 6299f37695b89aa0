using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Podman.Models;

/// <summary>A volume to be made.</summary>
internal sealed record VolumeCreate
{
    [JsonPropertyName("Name")]
    public required string Name { get; init; }

    [JsonPropertyName("Labels")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }
}
