using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Stromboli.Crds.Tests.Cases;

/// <summary>
/// A case of Cases/agentrun.yaml, which explains the fields of a case, or of Cases/agentsession.yaml. The same cases go through the
/// validators here and through a real API server in EndToEnd.
/// </summary>
public sealed partial record SpecCase(
    string Name,
    JsonObject Spec,
    JsonObject? Update,
    IReadOnlyList<string> Refused,
    string? Says,
    bool ServerOnly,
    bool CodeOnly
)
{
    /// <summary>The cases that the validator in code can judge.</summary>
    public static IEnumerable<SpecCase> ForCode(string table = "agentrun") =>
        All(table).Where(row => row is { ServerOnly: false, Update: null });

    /// <summary>The cases that an API server can judge.</summary>
    public static IEnumerable<SpecCase> ForServer(string table = "agentrun") => All(table).Where(row => !row.CodeOnly);

    /// <summary>All cases.</summary>
    public static IEnumerable<SpecCase> All(string table = "agentrun")
    {
        using var stream = typeof(SpecCase).Assembly.GetManifestResourceStream($"Cases/{table}.yaml")!;
        using var reader = new StreamReader(stream);
        var yaml = new YamlStream();
        yaml.Load(reader);
        foreach (var row in ToJson(yaml.Documents[0].RootNode)!.AsArray())
        {
            yield return new SpecCase(
                row!["name"]!.GetValue<string>(),
                row["spec"]!.AsObject(),
                row["update"]?.AsObject(),
                [.. (row["refused"]?.AsArray() ?? []).Select(field => field!.GetValue<string>())],
                row["says"]?.GetValue<string>(),
                row["server"]?.GetValue<bool>() ?? false,
                row["code"]?.GetValue<bool>() ?? false
            );
        }
    }

    public override string ToString() => Name;

    /// <summary>
    /// The part of YAML's core schema that Kubernetes objects need: plain scalars can be numbers and booleans, quoted ones are strings.
    /// </summary>
    internal static JsonNode? ToJson(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, ToJson(child.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
            YamlScalarNode { Style: ScalarStyle.Plain } scalar => Plain(scalar.Value!),
            YamlScalarNode scalar => JsonValue.Create(
                Repeat()
                    .Replace(
                        scalar.Value!,
                        match => string.Concat(Enumerable.Repeat(match.Groups["text"].Value, int.Parse(match.Groups["times"].Value)))
                    )
            ),
            _ => throw new InvalidOperationException($"{node.NodeType} in a table of cases"),
        };

    private static JsonNode? Plain(string text) =>
        text switch
        {
            "" or "null" or "~" => null,
            "true" => true,
            "false" => false,
            _ => long.TryParse(text, out var number) ? number : JsonValue.Create(text),
        };

    [GeneratedRegex(@"\{\{REPEAT (?<text>.+) (?<times>\d+)\}\}", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Repeat();
}
