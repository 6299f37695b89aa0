using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>One line of the answer to a pull.</summary>
internal sealed record PullReport
{
    [JsonPropertyName("stream")]
    public string? Stream { get; init; }

    [JsonPropertyName("error")]
    public string? Error { get; init; }

    [JsonPropertyName("id")]
    public string? ID { get; init; }
}
