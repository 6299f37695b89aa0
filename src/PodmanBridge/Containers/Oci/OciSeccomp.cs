using System.Text.Json.Serialization;

namespace Stromboli.PodmanBridge.Containers.Oci;

/// <summary>The seccomp filter.</summary>
internal sealed record OciSeccomp
{
    [JsonPropertyName("defaultAction")]
    public string? DefaultAction { get; init; }

    [JsonPropertyName("defaultErrnoRet")]
    public uint? DefaultError { get; init; }

    [JsonPropertyName("architectures")]
    public string[]? Architectures { get; init; }

    [JsonPropertyName("syscalls")]
    public SeccompRule[]? Rules { get; init; }
}
