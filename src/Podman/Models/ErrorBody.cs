using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>libpod's answer to a call that failed.</summary>
internal sealed record ErrorBody
{
    [JsonPropertyName("cause")]
    public string? Cause { get; init; }

    [JsonPropertyName("message")]
    public string? Message { get; init; }
}
