using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A volume to be made.</summary>
internal sealed record VolumeCreate
{
    [JsonPropertyName("Name")]
    public required string Name { get; init; }

    [JsonPropertyName("Labels")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Options of the driver <c>local</c>, as of mount(8); <c>uid</c> and <c>gid</c> in <c>o</c> are the owner.</summary>
    [JsonPropertyName("Options")]
    public required IReadOnlyDictionary<string, string> Options { get; init; }
}
