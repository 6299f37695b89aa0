using System.Text.Json;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>Reads what the runtime was told from where the engine keeps it.</summary>
internal static class OciConfigReader
{
    private const int MaxBytes = 4 * 1024 * 1024;

    /// <summary>The configuration; null when it cannot be read, so that the container cannot be checked.</summary>
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
