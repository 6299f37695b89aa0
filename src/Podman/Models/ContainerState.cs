using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A container's state.</summary>
internal sealed record ContainerState
{
    /// <summary><c>created</c>, <c>initialized</c>, <c>running</c>, <c>stopped</c>, <c>exited</c> and so on.</summary>
    [JsonPropertyName("Status")]
    public string? Status { get; init; }

    [JsonPropertyName("Running")]
    public bool Running { get; init; }

    [JsonPropertyName("OOMKilled")]
    public bool OomKilled { get; init; }

    /// <summary>The first process, in the engine's PID namespace; 0 when there is none.</summary>
    [JsonPropertyName("Pid")]
    public int Pid { get; init; }

    [JsonPropertyName("ConmonPid")]
    public int ConmonPid { get; init; }

    [JsonPropertyName("ExitCode")]
    public int ExitCode { get; init; }

    [JsonPropertyName("Error")]
    public string? Error { get; init; }

    [JsonPropertyName("StartedAt")]
    public DateTimeOffset? StartedAt { get; init; }

    [JsonPropertyName("FinishedAt")]
    public DateTimeOffset? FinishedAt { get; init; }

    [JsonPropertyName("CgroupPath")]
    public string? CgroupPath { get; init; }
}
