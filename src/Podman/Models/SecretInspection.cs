using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A secret of the engine's own store.</summary>
internal sealed record SecretInspection
{
    [JsonPropertyName("Spec")]
    public SecretName? Spec { get; init; }

    /// <summary>What it holds; only when asked for, and only by Podman 4.7 and later.</summary>
    [JsonPropertyName("SecretData")]
    public string? Value { get; init; }

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => nameof(SecretInspection);
}
