using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A secret of the engine's store: the answer of <c>GET /libpod/secrets/{name}/json</c>.</summary>
public sealed record SecretInspection
{
    /// <summary>The secret's specification.</summary>
    [JsonPropertyName("Spec")]
    public SecretName? Spec { get; init; }

    /// <summary>The secret's value. Podman 4.7 and later return it if asked; null otherwise.</summary>
    [JsonPropertyName("SecretData")]
    public string? Value { get; init; }

    /// <summary>Never contains the value.</summary>
    public override string ToString() => nameof(SecretInspection);
}

/// <summary>A secret's specification, as far as this library reads it.</summary>
public sealed record SecretName
{
    /// <summary>The secret's name.</summary>
    [JsonPropertyName("Name")]
    public string? Name { get; init; }
}
