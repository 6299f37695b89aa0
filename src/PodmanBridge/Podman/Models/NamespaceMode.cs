using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Podman.Models;

/// <summary>How a namespace of the container is made.</summary>
internal sealed record NamespaceMode
{
    /// <summary><c>private</c>, <c>none</c> or <c>host</c>.</summary>
    [JsonPropertyName("nsmode")]
    public required string Mode { get; init; }
}
