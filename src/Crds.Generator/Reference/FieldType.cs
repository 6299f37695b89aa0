using System.Globalization;
using System.Text.Json.Nodes;

namespace Stromboli.Crds.Generator.Reference;

/// <summary>The type of a field with its bounds, in words.</summary>
internal static class FieldType
{
    /// <summary>For example <c>list of at most 100 strings</c>.</summary>
    internal static string Of(JsonObject schema) =>
        (string?)schema["type"] switch
        {
            null => "quantity",
            "array" => $"list of {Range(schema, "minItems", "maxItems", "")}{Items(schema["items"]!.AsObject())}",
            "object" when schema["additionalProperties"] is JsonObject values =>
                $"map of {Range(schema, "minProperties", "maxProperties", "")}{Items(values)}",
            "object" when schema["properties"] is null => "any JSON object",
            "string" when schema["enum"] is JsonArray values => string.Join(" \\| ", values.Select(value => $"`{value}`")),
            "string" when (string?)schema["format"] == "date-time" => "time",
            "string" when Rules.Of(schema, "").OfObject.Any(rule => rule.Contains("must be a duration", StringComparison.Ordinal)) =>
                "duration",
            "string" => $"string{Range(schema, "minLength", "maxLength", " characters")}",
            "integer" => $"integer, {Number(schema["minimum"])} to {Number(schema["maximum"])}",
            var type => type,
        };

    private static string Items(JsonObject items) =>
        (string?)items["type"] switch
        {
            "object" when items["properties"] is JsonObject fields && fields.ContainsKey("lastTransitionTime") => "conditions",
            "object" => "objects",
            "string" when items["enum"] is null => $"strings{Range(items, "minLength", "maxLength", " characters each")}",
            _ => Of(items),
        };

    // The range of a list is before its items ("at most 100 strings"), that of a text after its type ("string, 1 to 253 characters").
    private static string Range(JsonObject schema, string min, string max, string unit)
    {
        if (schema[max] is not { } most)
        {
            return "";
        }

        var range = schema[min] is { } least ? $"{Number(least)} to {Number(most)}" : $"at most {Number(most)}";
        return unit.Length == 0 ? $"{range} " : $", {range}{unit}";
    }

    private static string Number(JsonNode? number) =>
        number is null
            ? ""
            : decimal.Parse(number.ToJsonString(), CultureInfo.InvariantCulture).ToString("#,0", CultureInfo.InvariantCulture);
}
