using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>What is at a path of a container; in a header of the answer.</summary>
internal sealed record PathStat
{
    [JsonPropertyName("isDir")]
    public bool IsDirectory { get; init; }
}
