using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A container's own user namespace, each range as <c>container:host:size</c>.</summary>
internal sealed record InspectIDMappings
{
    [JsonPropertyName("UidMap")]
    public string[]? Users { get; init; }

    [JsonPropertyName("GidMap")]
    public string[]? Groups { get; init; }
}
