using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>The root file system.</summary>
internal sealed record OciRoot
{
    [JsonPropertyName("readonly")]
    public bool ReadOnly { get; init; }
}
