using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>How a container was configured.</summary>
internal sealed record InspectConfig
{
    [JsonPropertyName("Hostname")]
    public string? Hostname { get; init; }

    [JsonPropertyName("User")]
    public string? User { get; init; }

    [JsonPropertyName("Env")]
    public string[]? Env { get; init; }

    [JsonPropertyName("Cmd")]
    public string[]? Command { get; init; }

    /// <summary>Joined by spaces: the shape of API version 4.</summary>
    [JsonPropertyName("Entrypoint")]
    public string? Entrypoint { get; init; }

    [JsonPropertyName("StopSignal")]
    public int StopSignal { get; init; }

    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    [JsonPropertyName("Tty")]
    public bool Tty { get; init; }

    [JsonPropertyName("OpenStdin")]
    public bool OpenStdin { get; init; }

    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }

    [JsonPropertyName("Annotations")]
    public Dictionary<string, string>? Annotations { get; init; }

    [JsonPropertyName("Healthcheck")]
    public InspectHealthCheck? HealthCheck { get; init; }

    [JsonPropertyName("StartupHealthCheck")]
    public InspectHealthCheck? StartupHealthCheck { get; init; }

    [JsonPropertyName("Timezone")]
    public string? Timezone { get; init; }

    [JsonPropertyName("SystemdMode")]
    public bool SystemdMode { get; init; }

    [JsonPropertyName("Umask")]
    public string? Umask { get; init; }

    [JsonPropertyName("Secrets")]
    public InspectSecret[]? Secrets { get; init; }

    [JsonPropertyName("Timeout")]
    public uint Timeout { get; init; }

    [JsonPropertyName("StopTimeout")]
    public uint StopTimeout { get; init; }

    [JsonPropertyName("ChrootDirs")]
    public string[]? ChrootDirs { get; init; }

    [JsonPropertyName("sdNotifyMode")]
    public string? SdNotify { get; init; }

    [JsonPropertyName("sdNotifySocket")]
    public string? SdNotifySocket { get; init; }
}
