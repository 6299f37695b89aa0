using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>A POSIX limit.</summary>
internal sealed record OciRlimit
{
    [JsonPropertyName("type")]
    public string? Type { get; init; }

    [JsonPropertyName("soft")]
    public ulong Soft { get; init; }

    [JsonPropertyName("hard")]
    public ulong Hard { get; init; }
}
