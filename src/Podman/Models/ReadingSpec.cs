using System.Text.Json.Serialization;

namespace Stromboli.Podman.Models;

/// <summary>A container that is never started: nothing of the image is to have an effect, and everything is there to be read.</summary>
internal sealed record ReadingSpec
{
    [JsonPropertyName("image")]
    public required string Image { get; init; }

    [JsonPropertyName("labels")]
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>Something must be there, or an image without a command is refused.</summary>
    [JsonPropertyName("command")]
    public IReadOnlyList<string> Command { get; init; } = ["/never-started"];

    [JsonPropertyName("netns")]
    public NamespaceMode NetworkNamespace { get; init; } = new() { Mode = "none" };

    [JsonPropertyName("image_volume_mode")]
    public string ImageVolumes { get; init; } = "ignore";

    [JsonPropertyName("systemd")]
    public string Systemd { get; init; } = "false";

    [JsonPropertyName("log_configuration")]
    public LogConfiguration Log { get; init; } =
        new()
        {
            Driver = "none",
            Path = "",
            Size = 0,
        };

    [JsonPropertyName("healthconfig")]
    public SpecHealthCheck HealthCheck { get; init; } = new() { Test = ["NONE"] };
}
