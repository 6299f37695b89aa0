using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A container in the answer of <c>GET /libpod/containers/json</c>.</summary>
public sealed record ContainerSummary
{
    /// <summary>The container's id.</summary>
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    /// <summary>The container's names.</summary>
    [JsonPropertyName("Names")]
    public string[]? Names { get; init; }

    /// <summary>The id of the image.</summary>
    [JsonPropertyName("ImageID")]
    public string? ImageID { get; init; }

    /// <summary>Labels.</summary>
    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary><c>created</c>, <c>running</c>, <c>exited</c>, ….</summary>
    [JsonPropertyName("State")]
    public string? State { get; init; }

    /// <summary>The exit code of the first process; 0 before it exits.</summary>
    [JsonPropertyName("ExitCode")]
    public int ExitCode { get; init; }

    /// <summary>The first process in the engine's PID namespace; 0 if there is none.</summary>
    [JsonPropertyName("Pid")]
    public int Pid { get; init; }
}

/// <summary>The answer of <c>POST /libpod/containers/create</c>.</summary>
internal sealed record ContainerCreated
{
    /// <summary>The container's id.</summary>
    [JsonPropertyName("Id")]
    public required string ID { get; init; }
}

/// <summary>The result for one container in the answer of <c>DELETE /libpod/containers/{name}</c>.</summary>
internal sealed record RemoveReport
{
    /// <summary>Why the container was not removed; null if it was.</summary>
    [JsonPropertyName("Err")]
    public string? Error { get; init; }
}

/// <summary>
/// What lies at a path of a container: the header <c>X-Docker-Container-Path-Stat</c> of <c>HEAD /libpod/containers/{name}/archive</c>.
/// </summary>
internal sealed record PathStat
{
    /// <summary>Whether it is a directory.</summary>
    [JsonPropertyName("isDir")]
    public bool IsDirectory { get; init; }
}

/// <summary>
/// A container that is created to read its image's files and is never started, so that nothing of the image takes effect.
/// </summary>
internal sealed record ReadingSpec
{
    /// <summary>The id of a local image.</summary>
    [JsonPropertyName("image")]
    public required string Image { get; init; }

    /// <summary>Labels.</summary>
    [JsonPropertyName("labels")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Podman refuses an image without a command unless the creator names one.</summary>
    [JsonPropertyName("command")]
    public IReadOnlyList<string> Command { get; init; } = ["/never-started"];

    /// <summary>No network.</summary>
    [JsonPropertyName("netns")]
    public NamespaceMode NetworkNamespace { get; init; } = new() { Mode = "none" };

    /// <summary>No volumes.</summary>
    [JsonPropertyName("image_volume_mode")]
    public string ImageVolumes { get; init; } = "ignore";

    /// <summary>No systemd.</summary>
    [JsonPropertyName("systemd")]
    public string Systemd { get; init; } = "false";

    /// <summary>No log.</summary>
    [JsonPropertyName("log_configuration")]
    public LogConfiguration Log { get; init; } =
        new()
        {
            Driver = "none",
            Path = "",
            Size = 0,
        };

    /// <summary>No health check.</summary>
    [JsonPropertyName("healthconfig")]
    public SpecHealthCheck HealthCheck { get; init; } = new() { Test = ["NONE"] };
}
