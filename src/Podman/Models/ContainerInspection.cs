using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>What the engine says of a container: its effective configuration and its state.</summary>
internal sealed record ContainerInspection
{
    [JsonPropertyName("Id")]
    public required string ID { get; init; }

    [JsonPropertyName("Name")]
    public string? Name { get; init; }

    [JsonPropertyName("Image")]
    public string? ImageID { get; init; }

    [JsonPropertyName("ImageName")]
    public string? ImageName { get; init; }

    [JsonPropertyName("Path")]
    public string? Path { get; init; }

    [JsonPropertyName("Args")]
    public string[]? Args { get; init; }

    [JsonPropertyName("Created")]
    public DateTimeOffset? Created { get; init; }

    /// <summary>The runtime's own configuration; there once the container has been initialised.</summary>
    [JsonPropertyName("OCIConfigPath")]
    public string? OciConfigPath { get; init; }

    [JsonPropertyName("EffectiveCaps")]
    public string[]? EffectiveCaps { get; init; }

    [JsonPropertyName("BoundingCaps")]
    public string[]? BoundingCaps { get; init; }

    [JsonPropertyName("Mounts")]
    public InspectMount[]? Mounts { get; init; }

    [JsonPropertyName("Pod")]
    public string? Pod { get; init; }

    [JsonPropertyName("State")]
    public ContainerState? State { get; init; }

    [JsonPropertyName("Config")]
    public InspectConfig? Config { get; init; }

    [JsonPropertyName("HostConfig")]
    public InspectHostConfig? HostConfig { get; init; }

    [JsonPropertyName("UseImageHosts")]
    public bool? UseImageHosts { get; init; }
}
