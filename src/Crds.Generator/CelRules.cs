using System.Text.Json.Nodes;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Generator;

/// <summary>Writes entries of <c>x-kubernetes-validations</c>. Every message begins with the path of the field.</summary>
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
        Entry($"self.matches({Raw(pattern.Expression)})", $"{path} {pattern.Sentence}");

    // maxLength counts code points. bytes() is what turns them into the UTF-8 that prompt and argument really have.
    internal static JsonObject MaxBytes(int bytes, string field, string parent, bool required) =>
        OfField($"size(bytes(self.{field})) <= {bytes}", field, parent, required, Sentences.MaxBytes(bytes));

    internal static JsonObject DiscreetPattern(PatternAttribute pattern, string field, string parent, bool required, bool isList) =>
        OfField(
            isList
                ? $"self.{field}.all(item, item.matches({Raw(pattern.Expression)}))"
                : $"self.{field}.matches({Raw(pattern.Expression)})",
            field,
            parent,
            required,
            pattern.Sentence
        );

    internal static JsonObject Duration(DurationBoundsAttribute bounds, string path) =>
        Entry(
            $"self.matches({Raw(Patterns.Duration)}) && duration(self) >= duration('{bounds.Min}') && duration(self) <= duration('{bounds.Max}')",
            $"{path} {Sentences.Duration(bounds.Min, bounds.Max)}"
        );

    // A field of the type int-or-string is dynamic in CEL; string() makes one of both.
    internal static JsonObject Quantity(QuantityBoundsAttribute bounds, string path) =>
        Entry(
            $"isQuantity(string(self)) && quantity(string(self)).compareTo(quantity('{bounds.Min}')) >= 0 && quantity(string(self)).compareTo(quantity('{bounds.Max}')) <= 0",
            $"{path} {Sentences.Quantity(bounds.Min, bounds.Max)}"
        );

    /// <summary>
    /// Same presence, same value; on the object that has the field, since a rule on the field itself is not asked when it comes or goes.
    /// </summary>
    internal static JsonObject Immutable(string field, string parent, bool required)
    {
        var same = $"self.{field} == oldSelf.{field}";
        var entry = Entry(
            required ? same : $"has(self.{field}) == has(oldSelf.{field}) && (!has(self.{field}) || {same})",
            $"{parent}.{field} {Sentences.Immutable}"
        );
        entry["fieldPath"] = $".{field}";
        entry["reason"] = "FieldValueForbidden";
        return entry;
    }

    /// <summary>A rule that stands on the object and speaks of one of its fields; one that is absent is right.</summary>
    private static JsonObject OfField(string rule, string field, string parent, bool required, string sentence)
    {
        var entry = Entry(required ? rule : $"!has(self.{field}) || {rule}", $"{parent}.{field} {sentence}");
        entry["fieldPath"] = $".{field}";
        return entry;
    }

    private static JsonObject Entry(string rule, string message) => new() { ["rule"] = rule, ["message"] = message };

    private static string Raw(string expression) =>
        expression.Contains('\'', StringComparison.Ordinal)
            ? throw new InvalidOperationException($"a pattern cannot contain a single quote: {expression}")
            : $"r'{expression}'";
}
