using System.Text.Json;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>Reads the runtime's configuration from where the engine stores it.</summary>
internal static class OciConfigReader
{
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The configuration; null if it cannot be read, so that the container cannot be checked.</summary>
    public static async Task<OciConfig?> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = File.OpenRead(path);
            return file.Length > MaxBytes
                ? null
                : await JsonSerializer.DeserializeAsync(file, ContainerJson.Default.OciConfig, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }
}
