using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A Podman secret given to a container.</summary>
internal sealed record InspectSecret
{
    [JsonPropertyName("Name")]
    public string? Name { get; init; }
}
