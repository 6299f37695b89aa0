using System.Text.Json.Nodes;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Generator.Reference;

/// <summary>The validation rules of an object or field, by their error messages.</summary>
internal sealed class Rules
{
    private readonly List<(string? Field, string Message)> _rules;
    private readonly string _path;

    private Rules(List<(string? Field, string Message)> rules, string path) => (_rules, _path) = (rules, path);

    /// <summary>The rules about the whole object or field.</summary>
    internal IReadOnlyList<string> OfObject =>
        [.. _rules.Where(rule => rule.Field is null).Select(rule => WithoutPath(rule.Message, _path))];

    /// <summary>The rules of the schema of an object or field.</summary>
    internal static Rules Of(JsonObject schema, string path) =>
        new(
            [
                .. On(schema).Select(rule => ((string?)rule["fieldPath"], (string)rule["message"]!)),
                .. OnEach(schema["items"], "each item", path),
                .. OnEach(schema["additionalProperties"], "each value", path),
            ],
            path
        );

    /// <summary>The rules about one field of the object.</summary>
    internal IEnumerable<string> Of(string field) =>
        _rules
            .Where(rule => rule.Field == $".{field}" && !IsOnChange(rule.Message))
            .Select(rule => WithoutPath(rule.Message, $"{_path}.{field}"));

    /// <summary>Whether the field is immutable; null if no field of the object is.</summary>
    internal bool? IsImmutable(string field) =>
        _rules.Exists(rule => IsOnChange(rule.Message))
            ? _rules.Exists(rule => rule.Field == $".{field}" && IsOnChange(rule.Message))
            : null;

    private static IEnumerable<JsonObject> On(JsonObject schema) =>
        schema["x-kubernetes-validations"] is JsonArray rules ? rules.Select(rule => rule!.AsObject()) : [];

    private static IEnumerable<(string?, string)> OnEach(JsonNode? element, string subject, string path) =>
        element is JsonObject schema && schema["properties"] is null
            ? On(schema).Select(rule => ((string?)null, $"{subject} {WithoutPath((string)rule["message"]!, path)}"))
            : [];

    private static bool IsOnChange(string message) => message.EndsWith(Messages.Immutable, StringComparison.Ordinal);

    private static string WithoutPath(string message, string path) =>
        message.StartsWith($"{path} ", StringComparison.Ordinal) ? message[(path.Length + 1)..] : message;
}
