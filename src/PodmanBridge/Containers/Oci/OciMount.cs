using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>A mount.</summary>
internal sealed record OciMount
{
    [JsonPropertyName("destination")]
    public string? Destination { get; init; }

    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("source")]
    public string? Source { get; init; }

    [JsonPropertyName("options")]
    public string[]? Options { get; init; }
}
