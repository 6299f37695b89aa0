using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>How a namespace of the container is made.</summary>
internal sealed record NamespaceMode
{
    /// <summary><c>private</c>, <c>none</c>, <c>host</c>, or for users <c>keep-id</c>.</summary>
    [JsonPropertyName("nsmode")]
    public required string Mode { get; init; }

    /// <summary>What the mode takes; null for nothing.</summary>
    [JsonPropertyName("value")]
    public string? Value { get; init; }
}
