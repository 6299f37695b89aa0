using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>libpod's answer to a create.</summary>
internal sealed record ContainerCreated
{
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    [JsonPropertyName("Warnings")]
    public string[]? Warnings { get; init; }
}
