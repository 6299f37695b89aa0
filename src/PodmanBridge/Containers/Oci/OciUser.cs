using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>Who the first process is.</summary>
internal sealed record OciUser
{
    [JsonPropertyName("uid")]
    public uint UID { get; init; }

    [JsonPropertyName("gid")]
    public uint GID { get; init; }

    [JsonPropertyName("additionalGids")]
    public uint[]? AdditionalGIDs { get; init; }

    [JsonPropertyName("umask")]
    public uint? Umask { get; init; }
}
