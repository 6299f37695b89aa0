using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A health check; <c>NONE</c> overrides the image's.</summary>
internal sealed record SpecHealthCheck
{
    [JsonPropertyName("Test")]
    public required IReadOnlyList<string> Test { get; init; }
}
