using System.Text.Json;

namespace Stromboli.ScriptedModel;

/// <summary>The <c>system</c> member of a request: text, or a list of blocks with text.</summary>
internal static class SystemBlocks
{
    /// <summary>How many characters at the end of the text are kept.</summary>
    public const int Tail = 2000;

    public static string? TextOf(JsonElement request)
    {
        if (!request.TryGetProperty("system", out var system))
        {
            return null;
        }

        var text =
            system.ValueKind == JsonValueKind.String
                ? system.GetString()!
                : string.Join('\n', Blocks(system).Select(block => block.GetProperty("text").GetString()));
        return text[Math.Max(0, text.Length - Tail)..];
    }

    public static IReadOnlyList<string> CacheTtlsOf(JsonElement request) =>
        request.TryGetProperty("system", out var system)
            ?
            [
                .. Blocks(system)
                    .Where(block => block.TryGetProperty("cache_control", out _))
                    .Select(block => Ttl(block.GetProperty("cache_control")))
                    .Distinct(),
            ]
            : [];

    private static IEnumerable<JsonElement> Blocks(JsonElement system) =>
        system.ValueKind == JsonValueKind.Array
            ? system.EnumerateArray().Where(block => block.ValueKind == JsonValueKind.Object && block.TryGetProperty("text", out _))
            : [];

    private static string Ttl(JsonElement control) =>
        control.ValueKind == JsonValueKind.Object && control.TryGetProperty("ttl", out var ttl) ? ttl.GetString() ?? "5m" : "5m";
}
