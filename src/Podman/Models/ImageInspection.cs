using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>An image.</summary>
internal sealed record ImageInspection
{
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    [JsonPropertyName("Digest")]
    public string? Digest { get; init; }

    [JsonPropertyName("RepoTags")]
    public string[]? Tags { get; init; }

    [JsonPropertyName("RepoDigests")]
    public string[]? Digests { get; init; }

    [JsonPropertyName("Architecture")]
    public string? Architecture { get; init; }

    [JsonPropertyName("Os")]
    public string? OperatingSystem { get; init; }

    /// <summary>In bytes.</summary>
    [JsonPropertyName("Size")]
    public long Size { get; init; }
}
