using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>The host's distribution.</summary>
internal sealed record DistributionInfo
{
    [JsonPropertyName("distribution")]
    public string? Name { get; init; }

    [JsonPropertyName("version")]
    public string? Version { get; init; }

    [JsonPropertyName("codename")]
    public string? Codename { get; init; }
}
