using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>Where a container's output goes.</summary>
internal sealed record InspectLog
{
    [JsonPropertyName("Type")]
    public string? Type { get; init; }

    [JsonPropertyName("Path")]
    public string? Path { get; init; }

    [JsonPropertyName("Tag")]
    public string? Tag { get; init; }

    [JsonPropertyName("Size")]
    public string? Size { get; init; }
}
