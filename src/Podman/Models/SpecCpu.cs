using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>Limits of processor time.</summary>
internal sealed record SpecCpu
{
    /// <summary>Microseconds in each period.</summary>
    [JsonPropertyName("quota")]
    public required long Quota { get; init; }

    /// <summary>In microseconds.</summary>
    [JsonPropertyName("period")]
    public required ulong Period { get; init; }

    /// <summary>The share while there are too few processors; null for the engine's own.</summary>
    [JsonPropertyName("shares")]
    public ulong? Shares { get; init; }
}
