using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>What the engine says of itself and its host.</summary>
internal sealed record SystemInfo
{
    [JsonPropertyName("host")]
    public HostInfo? Host { get; init; }

    [JsonPropertyName("version")]
    public VersionInfo? Version { get; init; }

    [JsonPropertyName("store")]
    public StoreInfo? Store { get; init; }
}
