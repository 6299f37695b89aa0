using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A device of a container.</summary>
internal sealed record InspectDevice
{
    [JsonPropertyName("PathInContainer")]
    public string? Path { get; init; }
}
