using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>What the engine has of security.</summary>
internal sealed record SecurityInfo
{
    [JsonPropertyName("rootless")]
    public bool Rootless { get; init; }

    [JsonPropertyName("seccompEnabled")]
    public bool Seccomp { get; init; }

    [JsonPropertyName("selinuxEnabled")]
    public bool SELinux { get; init; }

    [JsonPropertyName("apparmorEnabled")]
    public bool AppArmor { get; init; }
}
