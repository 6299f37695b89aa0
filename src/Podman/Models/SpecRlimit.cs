using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A POSIX limit of the first process.</summary>
internal sealed record SpecRlimit
{
    /// <summary>Without <c>RLIMIT_</c>, in small letters.</summary>
    [JsonPropertyName("type")]
    public required string Type { get; init; }

    [JsonPropertyName("soft")]
    public required ulong Soft { get; init; }

    [JsonPropertyName("hard")]
    public required ulong Hard { get; init; }
}
