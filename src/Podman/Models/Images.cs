using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>An image: the answer of <c>GET /libpod/images/{name}/json</c>.</summary>
public sealed record ImageInspection
{
    /// <summary>The image's id.</summary>
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    /// <summary>The digest of the manifest.</summary>
    [JsonPropertyName("Digest")]
    public string? Digest { get; init; }

    /// <summary>Names with tags.</summary>
    [JsonPropertyName("RepoTags")]
    public string[]? Tags { get; init; }

    /// <summary>Names with digests.</summary>
    [JsonPropertyName("RepoDigests")]
    public string[]? Digests { get; init; }

    /// <summary>The architecture, as Go names it.</summary>
    [JsonPropertyName("Architecture")]
    public string? Architecture { get; init; }

    /// <summary>The operating system, as Go names it.</summary>
    [JsonPropertyName("Os")]
    public string? OperatingSystem { get; init; }

    /// <summary>The size of all layers, in bytes.</summary>
    [JsonPropertyName("Size")]
    public long Size { get; init; }
}

/// <summary>An image in the answer of <c>GET /libpod/images/json</c>.</summary>
public sealed record ImageSummary
{
    /// <summary>The image's id.</summary>
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    /// <summary>Names with tags; null or empty for an image without a name.</summary>
    [JsonPropertyName("Names")]
    public string[]? Names { get; init; }

    /// <summary>Names with digests.</summary>
    [JsonPropertyName("RepoDigests")]
    public string[]? Digests { get; init; }

    /// <summary>The size of all layers, in bytes.</summary>
    [JsonPropertyName("Size")]
    public long Size { get; init; }

    /// <summary>When the image was built, in seconds since 1970.</summary>
    [JsonPropertyName("Created")]
    public long Created { get; init; }

    /// <summary>Labels.</summary>
    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }
}

/// <summary>One line in the answer of <c>POST /libpod/images/pull</c>.</summary>
internal sealed record PullReport
{
    /// <summary>A line of progress.</summary>
    [JsonPropertyName("stream")]
    public string? Stream { get; init; }

    /// <summary>Why the pull failed.</summary>
    [JsonPropertyName("error")]
    public string? Error { get; init; }

    /// <summary>The image's id; in the last line.</summary>
    [JsonPropertyName("id")]
    public string? ID { get; init; }
}

/// <summary>The header <c>X-Registry-Auth</c>: one user.</summary>
internal sealed record RegistryAuthEntry
{
    /// <summary>The user.</summary>
    [JsonPropertyName("username")]
    public required string Username { get; init; }

    /// <summary>The password or token.</summary>
    [JsonPropertyName("password")]
    public required string Password { get; init; }
}
