using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A mount as the OCI runtime specification has it.</summary>
internal sealed record SpecMount
{
    [JsonPropertyName("destination")]
    public required string Destination { get; init; }

    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("source")]
    public required string Source { get; init; }

    [JsonPropertyName("options")]
    public required IReadOnlyList<string> Options { get; init; }
}
