using System.Text.Json.Nodes;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Generator.Reference;

/// <summary>What the API server refuses of an object, in the words that it answers with.</summary>
internal sealed class Rules
{
    private readonly List<(string? Field, string Message)> _rules;
    private readonly string _path;

    private Rules(List<(string? Field, string Message)> rules, string path) => (_rules, _path) = (rules, path);

    /// <summary>The rules that speak of the whole object.</summary>
    internal IReadOnlyList<string> OfObject =>
        [.. _rules.Where(rule => rule.Field is null).Select(rule => WithoutPath(rule.Message, _path))];

    /// <summary>The rules on the schema of an object or field.</summary>
    internal static Rules Of(JsonObject schema, string path) =>
        new(
            [
                .. On(schema)
                    .Concat(schema["items"] is JsonObject { } items && items["properties"] is null ? On(items) : [])
                    .Select(rule => ((string?)rule["fieldPath"], (string)rule["message"]!)),
            ],
            path
        );

    /// <summary>The rules that speak of one field of the object.</summary>
    internal IEnumerable<string> Of(string field) =>
        _rules
            .Where(rule => rule.Field == $".{field}" && !IsOnChange(rule.Message))
            .Select(rule => WithoutPath(rule.Message, $"{_path}.{field}"));

    /// <summary>Whether the field keeps its value for good; null if no field of the object has to.</summary>
    internal bool? IsImmutable(string field) =>
        _rules.Exists(rule => IsOnChange(rule.Message))
            ? _rules.Exists(rule => rule.Field == $".{field}" && IsOnChange(rule.Message))
            : null;

    private static IEnumerable<JsonObject> On(JsonObject schema) =>
        schema["x-kubernetes-validations"] is JsonArray rules ? rules.Select(rule => rule!.AsObject()) : [];

    private static bool IsOnChange(string message) => message.EndsWith(Sentences.Immutable, StringComparison.Ordinal);

    private static string WithoutPath(string message, string path) =>
        message.StartsWith($"{path} ", StringComparison.Ordinal) ? message[(path.Length + 1)..] : message;
}
