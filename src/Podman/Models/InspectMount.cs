using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A bind mount or volume of a container.</summary>
internal sealed record InspectMount
{
    [JsonPropertyName("Type")]
    public string? Type { get; init; }

    [JsonPropertyName("Name")]
    public string? Name { get; init; }

    [JsonPropertyName("Source")]
    public string? Source { get; init; }

    [JsonPropertyName("Destination")]
    public string? Destination { get; init; }

    [JsonPropertyName("Options")]
    public string[]? Options { get; init; }

    [JsonPropertyName("RW")]
    public bool Writable { get; init; }

    [JsonPropertyName("Propagation")]
    public string? Propagation { get; init; }

    [JsonPropertyName("SubPath")]
    public string? SubPath { get; init; }
}
