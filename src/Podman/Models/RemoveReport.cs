using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>What became of one container that was to be removed.</summary>
internal sealed record RemoveReport
{
    [JsonPropertyName("Id")]
    public string? ID { get; init; }

    /// <summary>Null when it was removed.</summary>
    [JsonPropertyName("Err")]
    public string? Error { get; init; }
}
