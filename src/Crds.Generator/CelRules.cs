using System.Text.Json.Nodes;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Generator;

/// <summary>Writes entries of <c>x-kubernetes-validations</c>. Every message starts with the path of the field.</summary>
internal static class CelRules
{
    internal static JsonObject Rule(CelRuleAttribute rule, string path)
    {
        var entry = Entry(rule.Rule, rule.Message.Replace("{path}", path, StringComparison.Ordinal));
        if (rule.Field is not null)
        {
            entry["fieldPath"] = $".{rule.Field}";
        }

        return entry;
    }

    internal static JsonObject Pattern(PatternAttribute pattern, string path) =>
        Entry($"self.matches({Raw(pattern.Expression)})", $"{path} {pattern.Message}");

    // maxLength counts code points, but the kernel and the bounds of a prompt count bytes of UTF-8.
    internal static JsonObject MaxBytes(int bytes, string field, string parent, bool required) =>
        OfField($"size(bytes(self.{field})) <= {bytes}", field, parent, required, Messages.MaxBytes(bytes));

    internal static JsonObject SensitivePattern(PatternAttribute pattern, string field, string parent, bool required, bool isList) =>
        OfField(
            isList
                ? $"self.{field}.all(item, item.matches({Raw(pattern.Expression)}))"
                : $"self.{field}.matches({Raw(pattern.Expression)})",
            field,
            parent,
            required,
            pattern.Message
        );

    internal static JsonObject Duration(DurationBoundsAttribute bounds, string path) =>
        Entry(
            $"self.matches({Raw(Patterns.Duration)}) && duration(self) >= duration('{bounds.Min}') && duration(self) <= "
                + $"duration('{bounds.Max}')",
            $"{path} {Messages.Duration(bounds.Min, bounds.Max)}"
        );

    // A field of the type int-or-string is dynamic in CEL; string() converts both.
    internal static JsonObject Quantity(QuantityBoundsAttribute bounds, string path) =>
        Entry(
            $"isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('{bounds.Min}')) >= 0 && "
                + $"quantity(string(self)).compareTo(quantity('{bounds.Max}')) <= 0",
            $"{path} {Messages.Quantity(bounds.Min, bounds.Max)}"
        );

    /// <summary>
    /// Requires the same presence and the same value. The rule is on the object that has the field, because the API server does not
    /// evaluate a rule on the field itself when the field is added or removed.
    /// </summary>
    internal static JsonObject Immutable(string field, string parent, bool required)
    {
        var same = $"self.{field} == oldSelf.{field}";
        var entry = Entry(
            required ? same : $"has(self.{field}) == has(oldSelf.{field}) && (!has(self.{field}) || {same})",
            $"{parent}.{field} {Messages.Immutable}"
        );
        entry["fieldPath"] = $".{field}";
        entry["reason"] = "FieldValueForbidden";
        return entry;
    }

    /// <summary>A rule on the object about one of its fields. An unset field is valid.</summary>
    private static JsonObject OfField(string rule, string field, string parent, bool required, string message)
    {
        var entry = Entry(required ? rule : $"!has(self.{field}) || {rule}", $"{parent}.{field} {message}");
        entry["fieldPath"] = $".{field}";
        return entry;
    }

    private static JsonObject Entry(string rule, string message) => new() { ["rule"] = rule, ["message"] = message };

    private static string Raw(string expression) =>
        expression.Contains('\'', StringComparison.Ordinal)
            ? throw new InvalidOperationException($"a pattern must not contain a single quote: {expression}")
            : $"r'{expression}'";
}
