using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>What a secret was made of.</summary>
internal sealed record SecretName
{
    [JsonPropertyName("Name")]
    public string? Name { get; init; }
}
