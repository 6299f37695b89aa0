using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Generator.Reference;

/// <summary>Writes the reference page of a kind in docs/api: a section for each object of its schema, a row for each field.</summary>
internal static class ReferencePage
{
    /// <summary>The page of a CRD, as Markdown.</summary>
    internal static string Write(JsonObject definition)
    {
        var names = definition["spec"]!["names"]!;
        var version = definition["spec"]!["versions"]![0]!;
        var root = version["schema"]!["openAPIV3Schema"]!.AsObject();
        var page = new StringBuilder();
        page.AppendLine("<!-- Generated from src/Crds by `make generate`. Do not edit. -->");
        page.AppendLine(CultureInfo.InvariantCulture, $"# {names["kind"]}").AppendLine();
        page.AppendLine(Text.Cell(Description(root))).AppendLine();
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"`apiVersion: {ApiGroup.ApiVersion}`, `kind: {names["kind"]}`, {Scope(definition)}."
        );
        page.AppendLine(
            CultureInfo.InvariantCulture,
            $"`kubectl get {names["plural"]}.{ApiGroup.Name}` (short name `{names["shortNames"]![0]}`) prints {Columns(version, false)};"
        );
        page.AppendLine(CultureInfo.InvariantCulture, $"{WideColumns(version)}.");
        foreach (var name in (string[])["spec", "status"])
        {
            Section(page, name, root["properties"]![name]!.AsObject(), Required(root).Contains(name));
        }

        return page.ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static void Section(StringBuilder page, string path, JsonObject schema, bool required)
    {
        var fields = schema["properties"]!.AsObject();
        var rules = Rules.Of(schema, path);
        page.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"## {path}").AppendLine();
        page.AppendLine(Text.Cell(Description(schema)) + (required ? " Required." : "")).AppendLine();
        page.AppendLine("| field | type | description |").AppendLine("|---|---|---|");
        foreach (var (name, field) in fields)
        {
            page.AppendLine(Row(path, name, field!.AsObject(), Required(schema).Contains(name), rules));
        }

        if (rules.OfObject.Count > 0)
        {
            page.AppendLine();
            foreach (var rule in rules.OfObject)
            {
                page.AppendLine(CultureInfo.InvariantCulture, $"- {Text.Cell(Text.Sentence(rule))}");
            }
        }
        foreach (var (name, field) in fields)
        {
            if (Inner(field!.AsObject()) is { } inner)
            {
                Section(page, ChildPath(path, name, field!.AsObject()), inner, required: false);
            }
        }
    }

    private static string Row(string path, string name, JsonObject field, bool required, Rules rules)
    {
        var meaning = new StringBuilder(Description(field));
        // The rules of an object are in its own section.
        var own = Inner(field) is null ? Rules.Of(field, $"{path}.{name}").OfObject : [];
        foreach (var rule in own.Concat(rules.Of(name)))
        {
            meaning.Append(' ').Append(Text.Sentence(rule));
        }

        if (required)
        {
            meaning.Append(" Required.");
        }

        if (rules.IsImmutable(name) is false)
        {
            meaning.Append(" Mutable.");
        }

        var type = Inner(field) is null ? FieldType.Of(field) : Link(field, ChildPath(path, name, field));
        return $"| `{name}` | {type} | {Text.Cell(meaning.ToString())} |";
    }

    private static string Link(JsonObject field, string path) => $"[{FieldType.Of(field)}](#{Text.Anchor(path)})";

    private static string ChildPath(string path, string name, JsonObject field) => $"{path}.{name}{(field["items"] is null ? "" : "[]")}";

    // Conditions are the same everywhere, and Kubernetes documents them.
    private static JsonObject? Inner(JsonObject field)
    {
        var inner = (field["items"] ?? field).AsObject();
        return inner["properties"] is JsonObject fields && !fields.ContainsKey("lastTransitionTime") ? inner : null;
    }

    private static string Scope(JsonObject definition) =>
        (string)definition["spec"]!["scope"]! == "Namespaced" ? "namespaced" : "cluster-scoped";

    private static string WideColumns(JsonNode version) =>
        Columns(version, wide: true) is { Length: > 0 } wide ? $"`-o wide` adds {wide}" : "`-o wide` adds no columns";

    private static string Columns(JsonNode version, bool wide) =>
        string.Join(
            ", ",
            version["additionalPrinterColumns"]!
                .AsArray()
                .Where(column => (column!["priority"] is not null) == wide)
                .Select(column => (string)column!["name"]!)
        );

    private static IReadOnlyCollection<string> Required(JsonObject schema) =>
        schema["required"] is JsonArray required ? [.. required.Select(name => (string)name!)] : [];

    private static string Description(JsonObject schema) => (string?)schema["description"] ?? "";
}
