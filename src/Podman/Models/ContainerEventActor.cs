using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>What an event is about.</summary>
internal sealed record ContainerEventActor
{
    [JsonPropertyName("ID")]
    public string? ID { get; init; }

    /// <summary>The container's labels, its name, and <c>containerExitCode</c> when it died.</summary>
    [JsonPropertyName("Attributes")]
    public Dictionary<string, string>? Attributes { get; init; }
}
