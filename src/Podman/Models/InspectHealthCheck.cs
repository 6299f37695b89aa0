using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A container's health check.</summary>
internal sealed record InspectHealthCheck
{
    [JsonPropertyName("Test")]
    public string[]? Test { get; init; }
}
