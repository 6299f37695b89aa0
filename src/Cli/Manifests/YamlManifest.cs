using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.Cli.Output;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Stromboli.Cli.Manifests;

/// <summary>
/// Reads YAML or JSON as JSON, so that every field reaches the API server as it was written. Scalars mean what they mean to kubectl (YAML
/// 1.1: <c>yes</c> and <c>on</c> are true).
/// </summary>
internal static class YamlManifest
{
    /// <summary>The largest file, in bytes: what the API server accepts in a request.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

    // Aliases can make few lines a huge tree.
    private const int MaxNodes = 200_000;
    private const int MaxDepth = 200;

    /// <summary>The documents of the text that are not empty.</summary>
    /// <exception cref="CliException">It is not YAML, or a document is not a mapping.</exception>
    public static IReadOnlyList<JsonObject> Read(string text, string where)
    {
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            var nodes = 0;
            List<JsonObject> documents = [];
            foreach (var root in yaml.Documents.Select(document => document.RootNode))
            {
                if (root is not YamlScalarNode { Value: null or "" })
                {
                    documents.Add(
                        Convert(root, 0, ref nodes, where) as JsonObject
                            ?? throw new CliException($"{where} has a document that is not an object")
                    );
                }
            }

            return documents;
        }
        catch (YamlException e)
        {
            throw new CliException($"{where} is not YAML: line {e.Start.Line}: {e.Message}", inner: e);
        }
    }

    private static JsonNode? Convert(YamlNode node, int depth, ref int nodes, string where)
    {
        if (++nodes > MaxNodes || depth > MaxDepth)
        {
            throw new CliException($"{where} is too large or too deep");
        }

        switch (node)
        {
            case YamlMappingNode map:
                var result = new JsonObject();
                foreach (var (key, value) in map.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name } || name == "<<")
                    {
                        throw new CliException($"{where}, line {key.Start.Line}: a key must be a text, and merge keys are not supported");
                    }

                    result[name] = Convert(value, depth + 1, ref nodes, where);
                }

                return result;
            case YamlSequenceNode list:
                var items = new JsonArray();
                foreach (var item in list.Children)
                {
                    items.Add(Convert(item, depth + 1, ref nodes, where));
                }

                return items;
            case YamlScalarNode { Style: ScalarStyle.Plain } scalar when scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific:
                return Plain(scalar.Value ?? "");
            case YamlScalarNode scalar:
                return JsonValue.Create(scalar.Value);
            default:
                throw new CliException($"{where}, line {node.Start.Line}: this kind of YAML is not supported");
        }
    }

    private static JsonValue? Plain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return null;
            case "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON":
                return JsonValue.Create(true);
            case "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF":
                return JsonValue.Create(false);
        }

        if (!char.IsAsciiDigit(text[^1]) && text[^1] != '.')
        {
            return JsonValue.Create(text);
        }

        // In YAML 1.1 a leading 0 makes an octal number; nobody means one here, and a text says so at the server.
        var digits = text.TrimStart('-', '+');
        if (digits.Length > 1 && digits[0] == '0' && char.IsAsciiDigit(digits[1]))
        {
            return JsonValue.Create(text);
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole))
        {
            return JsonValue.Create(whole);
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
            ? JsonValue.Create(number)
            : JsonValue.Create(text);
    }
}
