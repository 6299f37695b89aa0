using System.Text.Json.Nodes;
using Stromboli.Cli.Output;

namespace Stromboli.Cli.Manifests;

/// <summary>Reads and sets fields of JSON objects by their path.</summary>
internal static class JsonPath
{
    /// <summary>Sets a field, and makes the objects that lead to it.</summary>
    /// <exception cref="CliException">Something on the path is not an object.</exception>
    public static void Set(JsonObject target, string path, JsonNode? value)
    {
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            if (target[name] is null)
            {
                target[name] = new JsonObject();
            }

            target = target[name] as JsonObject ?? throw new CliException($"{path}: {name} is not an object");
        }

        target[names[^1]] = value;
    }

    /// <summary>The text of a field; null if there is none.</summary>
    public static string? Text(JsonObject target, string path)
    {
        JsonNode? node = target;
        foreach (var name in path.Split('.'))
        {
            node = (node as JsonObject)?[name];
        }

        return (node as JsonValue)?.ToString();
    }
}
