using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>The user namespace of a rootless engine; empty under root.</summary>
internal sealed record IdMappings
{
    [JsonPropertyName("uidmap")]
    public IdMapping[]? Users { get; init; }

    [JsonPropertyName("gidmap")]
    public IdMapping[]? Groups { get; init; }
}
