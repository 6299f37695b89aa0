using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>The limit of processes and threads.</summary>
internal sealed record SpecPids
{
    [JsonPropertyName("limit")]
    public required long Limit { get; init; }
}
