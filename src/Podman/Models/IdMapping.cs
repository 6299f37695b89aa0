using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A range of ids.</summary>
internal sealed record IdMapping
{
    [JsonPropertyName("container_id")]
    public long ContainerID { get; init; }

    [JsonPropertyName("host_id")]
    public long HostID { get; init; }

    [JsonPropertyName("size")]
    public long Size { get; init; }
}
