using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>Limits of memory.</summary>
internal sealed record SpecMemory
{
    /// <summary>In bytes.</summary>
    [JsonPropertyName("limit")]
    public required long Limit { get; init; }

    /// <summary>Memory and swap together, in bytes.</summary>
    [JsonPropertyName("swap")]
    public required long Swap { get; init; }
}
