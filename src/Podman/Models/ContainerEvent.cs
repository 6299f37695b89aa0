using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>What happened to a container.</summary>
internal sealed record ContainerEvent
{
    /// <summary><c>died</c>, <c>remove</c> or <c>oom</c>.</summary>
    [JsonPropertyName("Action")]
    public string? Action { get; init; }

    [JsonPropertyName("Actor")]
    public ContainerEventActor? Actor { get; init; }

    /// <summary>Since the epoch.</summary>
    [JsonPropertyName("timeNano")]
    public long TimeNanoseconds { get; init; }
}
