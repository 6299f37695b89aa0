using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stromboli.Cli.Output;

/// <summary>Writes JSON for people and programs: indented, with every control character escaped.</summary>
internal static class JsonOutput
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        IndentSize = 4,
        NewLine = "\n",
        MaxDepth = Kubernetes.Model.KubernetesJson.DeepestNesting,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The text, with a line end.</summary>
    public static string Write(JsonNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            node.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    /// <summary>An element as a node that can be changed.</summary>
    public static JsonObject ObjectOf(JsonElement element) =>
        JsonObject.Create(element) ?? throw new CliException("The API server answered with something that is not an object.");
}
