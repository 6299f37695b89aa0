using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A named volume's mount.</summary>
internal sealed record SpecVolume
{
    [JsonPropertyName("Name")]
    public required string Name { get; init; }

    [JsonPropertyName("Dest")]
    public required string Destination { get; init; }

    [JsonPropertyName("Options")]
    public required IReadOnlyList<string> Options { get; init; }
}
