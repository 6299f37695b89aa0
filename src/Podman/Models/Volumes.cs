using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A volume: the answer of <c>GET /libpod/volumes/{name}/json</c>.</summary>
public sealed record VolumeInspection
{
    /// <summary>The volume's name.</summary>
    [JsonPropertyName("Name")]
    public required string Name { get; init; }

    /// <summary>The volume's directory on the engine's host.</summary>
    [JsonPropertyName("Mountpoint")]
    public string? Mountpoint { get; init; }

    /// <summary>Labels.</summary>
    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary>When the volume was created.</summary>
    [JsonPropertyName("CreatedAt")]
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The driver.</summary>
    [JsonPropertyName("Driver")]
    public string? Driver { get; init; }

    /// <summary>Options of the driver.</summary>
    [JsonPropertyName("Options")]
    public Dictionary<string, string>? Options { get; init; }
}

/// <summary>A volume to create: the body of <c>POST /libpod/volumes/create</c>.</summary>
internal sealed record VolumeCreate
{
    /// <summary>The volume's name.</summary>
    [JsonPropertyName("Name")]
    public required string Name { get; init; }

    /// <summary>Labels.</summary>
    [JsonPropertyName("Labels")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Options of the driver <c>local</c>, as mount(8) spells them; <c>uid</c> and <c>gid</c> in <c>o</c> set the owner.</summary>
    [JsonPropertyName("Options")]
    public required IReadOnlyDictionary<string, string> Options { get; init; }
}
