using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>An image in a list.</summary>
internal sealed record ImageSummary
{
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    [JsonPropertyName("Names")]
    public string[]? Names { get; init; }

    [JsonPropertyName("RepoDigests")]
    public string[]? Digests { get; init; }

    /// <summary>In bytes.</summary>
    [JsonPropertyName("Size")]
    public long Size { get; init; }

    /// <summary>Seconds since the epoch.</summary>
    [JsonPropertyName("Created")]
    public long Created { get; init; }

    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }
}
