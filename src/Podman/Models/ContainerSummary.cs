using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A container in a list.</summary>
internal sealed record ContainerSummary
{
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    [JsonPropertyName("Names")]
    public string[]? Names { get; init; }

    [JsonPropertyName("ImageID")]
    public string? ImageID { get; init; }

    [JsonPropertyName("Labels")]
    public Dictionary<string, string>? Labels { get; init; }

    /// <summary><c>created</c>, <c>running</c>, <c>exited</c> and so on.</summary>
    [JsonPropertyName("State")]
    public string? State { get; init; }

    [JsonPropertyName("ExitCode")]
    public int ExitCode { get; init; }

    [JsonPropertyName("Pid")]
    public int Pid { get; init; }
}
