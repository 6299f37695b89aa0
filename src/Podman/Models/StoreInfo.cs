using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>Where the engine keeps images and containers.</summary>
internal sealed record StoreInfo
{
    [JsonPropertyName("graphRoot")]
    public string? GraphRoot { get; init; }

    [JsonPropertyName("runRoot")]
    public string? RunRoot { get; init; }

    [JsonPropertyName("graphDriverName")]
    public string? Driver { get; init; }

    [JsonPropertyName("volumePath")]
    public string? VolumePath { get; init; }
}
