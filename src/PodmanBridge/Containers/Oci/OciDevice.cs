using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>A device node.</summary>
internal sealed record OciDevice
{
    [JsonPropertyName("path")]
    public string? Path { get; init; }
}
