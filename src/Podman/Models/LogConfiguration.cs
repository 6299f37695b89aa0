using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>Where the container's output goes.</summary>
internal sealed record LogConfiguration
{
    [JsonPropertyName("driver")]
    public required string Driver { get; init; }

    [JsonPropertyName("path")]
    public required string Path { get; init; }

    /// <summary>The size in bytes at which conmon would begin the file anew.</summary>
    [JsonPropertyName("size")]
    public required long Size { get; init; }
}
