using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A volume.</summary>
internal sealed record VolumeInspection
{
    [JsonPropertyName("Name")]
    public required string Name { get; init; }

    /// <summary>The directory on the node.</summary>
    [JsonPropertyName("Mountpoint")]
    public string? Mountpoint { get; init; }

    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }

    [JsonPropertyName("CreatedAt")]
    public DateTimeOffset? CreatedAt { get; init; }

    [JsonPropertyName("Driver")]
    public string? Driver { get; init; }

    [JsonPropertyName("Options")]
    public Dictionary<string, string>? Options { get; init; }
}
