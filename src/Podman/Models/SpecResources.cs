using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>Limits, as the OCI runtime specification has them.</summary>
internal sealed record SpecResources
{
    [JsonPropertyName("memory")]
    public SpecMemory? Memory { get; init; }

    [JsonPropertyName("cpu")]
    public SpecCpu? Cpu { get; init; }

    [JsonPropertyName("pids")]
    public SpecPids? Pids { get; init; }
}
