using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A container's restart policy.</summary>
internal sealed record InspectRestart
{
    [JsonPropertyName("Name")]
    public string? Name { get; init; }
}
