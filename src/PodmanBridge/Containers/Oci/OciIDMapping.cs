using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>A range of ids; the outer ones are those of the engine's user namespace.</summary>
internal sealed record OciIDMapping
{
    [JsonPropertyName("containerID")]
    public long ContainerID { get; init; }

    [JsonPropertyName("hostID")]
    public long HostID { get; init; }

    [JsonPropertyName("size")]
    public long Size { get; init; }
}
