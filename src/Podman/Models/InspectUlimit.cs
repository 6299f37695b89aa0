using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A POSIX limit of a container.</summary>
internal sealed record InspectUlimit
{
    [JsonPropertyName("Name")]
    public string? Name { get; init; }

    [JsonPropertyName("Soft")]
    public long Soft { get; init; }

    [JsonPropertyName("Hard")]
    public long Hard { get; init; }
}
