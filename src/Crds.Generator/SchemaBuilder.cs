using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Generator;

/// <summary>
/// Builds the structural schema of a type. Every text, list, map and number needs a bound: without it, the cost of CEL rules is
/// unbounded, and the API server refuses the CRD.
/// </summary>
internal sealed class SchemaBuilder(Descriptions descriptions)
{
    internal static string JsonName(PropertyInfo property) => JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    /// <summary>The schema of a property of the object at <paramref name="parent"/> (<c>spec.agent</c>; empty for the root).</summary>
    internal JsonObject Property(PropertyInfo property, string parent)
    {
        var path = parent.Length == 0 ? JsonName(property) : $"{parent}.{JsonName(property)}";
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        var schema = new JsonObject { ["description"] = descriptions[property] };
        var rules = new List<JsonObject>();
        if (ItemType(type) is { } item)
        {
            List(schema, property, item, path);
        }
        else if (type == typeof(Dictionary<string, string>))
        {
            Map(schema, property, path);
        }
        else if (type == typeof(string) || type.IsEnum)
        {
            Text(schema, property, path, rules);
        }
        else if (type.IsClass)
        {
            Object(schema, type, path, rules);
        }
        else
        {
            Scalar(schema, property, type, path, rules);
        }

        rules.AddRange(property.GetCustomAttributes<CelRuleAttribute>().Select(rule => CelRules.Rule(rule, path)));
        if (rules.Count > 0)
        {
            schema["x-kubernetes-validations"] = new JsonArray([.. rules]);
        }

        return schema;
    }

    private void Object(JsonObject schema, Type type, string path, List<JsonObject> rules)
    {
        schema["type"] = "object";
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.SetMethod is not null && property.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .OrderBy(property => property.MetadataToken)
            .ToList();
        schema["properties"] = new JsonObject(
            properties.Select(property => KeyValuePair.Create<string, JsonNode?>(JsonName(property), Property(property, path)))
        );
        var required = properties.Where(IsRequired).Select(property => (JsonNode)JsonName(property)).ToArray();
        if (required.Length > 0)
        {
            schema["required"] = new JsonArray(required);
        }

        rules.AddRange(type.GetCustomAttributes<CelRuleAttribute>().Select(rule => CelRules.Rule(rule, path)));
        rules.AddRange(properties.SelectMany(property => SensitiveRules(property, path)));
        if (type.GetCustomAttribute<ImmutableSpecAttribute>() is not null)
        {
            rules.AddRange(
                properties
                    .Where(property => property.GetCustomAttribute<MutableAttribute>() is null)
                    .Select(property => CelRules.Immutable(JsonName(property), path, IsRequired(property)))
            );
        }
    }

    private void List(JsonObject schema, PropertyInfo property, Type item, string path)
    {
        var bounds = property.GetCustomAttribute<ItemsAttribute>() ?? throw Unbounded(path, "Items");
        schema["type"] = "array";
        if (bounds.Min > 0)
        {
            schema["minItems"] = bounds.Min;
        }

        schema["maxItems"] = bounds.Max;
        if (property.GetCustomAttribute<ListMapAttribute>() is { } map)
        {
            schema["x-kubernetes-list-type"] = "map";
            schema["x-kubernetes-list-map-keys"] = new JsonArray(map.Key);
        }
        else
        {
            schema["x-kubernetes-list-type"] = "atomic";
        }
        schema["items"] =
            item == typeof(string) ? TextItem(property, path, bounds.TextMin, bounds.TextMax)
            : item == typeof(Condition) ? ConditionSchema.Build()
            : ObjectItem(item, path + "[]");
    }

    private JsonObject ObjectItem(Type item, string path)
    {
        var schema = new JsonObject { ["description"] = descriptions[item] };
        var rules = new List<JsonObject>();
        Object(schema, item, path, rules);
        if (rules.Count > 0)
        {
            schema["x-kubernetes-validations"] = new JsonArray([.. rules]);
        }

        return schema;
    }

    private static void Map(JsonObject schema, PropertyInfo property, string path)
    {
        var bounds = property.GetCustomAttribute<EntriesAttribute>() ?? throw Unbounded(path, "Entries");
        schema["type"] = "object";
        schema["maxProperties"] = bounds.Max;
        schema["additionalProperties"] = TextItem(property, path, 0, bounds.TextMax);
    }

    private static JsonObject TextItem(PropertyInfo property, string path, int min, int max)
    {
        if (max == 0)
        {
            throw Unbounded(path, "TextMax");
        }

        var schema = new JsonObject { ["type"] = "string" };
        if (min > 0)
        {
            schema["minLength"] = min;
        }

        if (property.GetCustomAttribute<OneOfAttribute>() is { } values)
        {
            schema["enum"] = new JsonArray([.. values.Values.Select(value => (JsonNode)value)]);
        }
        else
        {
            schema["maxLength"] = max;
        }

        if (property.GetCustomAttribute<PatternAttribute>() is { Sensitive: false } pattern)
        {
            schema["x-kubernetes-validations"] = new JsonArray(CelRules.Pattern(pattern, path));
        }

        return schema;
    }

    private static void Text(JsonObject schema, PropertyInfo property, string path, List<JsonObject> rules)
    {
        schema["type"] = "string";
        var length = property.GetCustomAttribute<TextLengthAttribute>();
        var bytes = property.GetCustomAttribute<MaxBytesAttribute>();
        if (length is { Min: > 0 })
        {
            schema["minLength"] = length.Min;
        }

        if (property.GetCustomAttribute<OneOfAttribute>() is { } values)
        {
            schema["enum"] = new JsonArray([.. values.Values.Select(value => (JsonNode)value)]);
        }
        else
        {
            schema["maxLength"] = length?.Max ?? bytes?.Bytes ?? throw Unbounded(path, "TextLength");
        }

        if (property.GetCustomAttribute<PatternAttribute>() is { Sensitive: false } pattern)
        {
            rules.Add(CelRules.Pattern(pattern, path));
        }
    }

    // An error of the API server contains the value of the field that has the failed rule. It must not contain prompts or values of
    // variables, so their rules are on the object around them.
    private static IEnumerable<JsonObject> SensitiveRules(PropertyInfo property, string parent)
    {
        if (property.GetCustomAttribute<MaxBytesAttribute>() is { } bytes)
        {
            yield return CelRules.MaxBytes(bytes.Bytes, JsonName(property), parent, IsRequired(property));
        }

        if (property.GetCustomAttribute<PatternAttribute>() is { Sensitive: true } pattern)
        {
            yield return CelRules.SensitivePattern(
                pattern,
                JsonName(property),
                parent,
                IsRequired(property),
                isList: ItemType(property.PropertyType) is not null
            );
        }
    }

    private static void Scalar(JsonObject schema, PropertyInfo property, Type type, string path, List<JsonObject> rules)
    {
        if (type == typeof(bool))
        {
            schema["type"] = "boolean";
        }
        else if (type == typeof(int) || type == typeof(long))
        {
            Number(schema, property, type, path);
        }
        else if (type == typeof(JsonElement))
        {
            (schema["type"], schema["x-kubernetes-preserve-unknown-fields"]) = ("object", true);
        }
        else if (type == typeof(DateTimeOffset))
        {
            (schema["type"], schema["format"]) = ("string", "date-time");
        }
        else if (type == typeof(GoDuration))
        {
            Duration(schema, property, path, rules);
        }
        else if (type == typeof(Quantity))
        {
            Quantity(schema, property, path, rules);
        }
        else
        {
            throw new InvalidOperationException($"{path} has the type {type.Name}, which has no schema");
        }
    }

    private static void Number(JsonObject schema, PropertyInfo property, Type type, string path)
    {
        var bounds = property.GetCustomAttribute<BoundsAttribute>() ?? throw Unbounded(path, "Bounds");
        schema["type"] = "integer";
        schema["format"] = type == typeof(int) ? "int32" : "int64";
        schema["minimum"] = bounds.Min;
        schema["maximum"] = bounds.Max;
    }

    private static void Duration(JsonObject schema, PropertyInfo property, string path, List<JsonObject> rules)
    {
        schema["type"] = "string";
        schema["maxLength"] = Runs.StatusLimits.Duration;
        if (property.GetCustomAttribute<DurationBoundsAttribute>() is { } bounds)
        {
            rules.Add(CelRules.Duration(bounds, path));
        }
    }

    private static void Quantity(JsonObject schema, PropertyInfo property, string path, List<JsonObject> rules)
    {
        schema["anyOf"] = new JsonArray(new JsonObject { ["type"] = "integer" }, new JsonObject { ["type"] = "string" });
        schema["x-kubernetes-int-or-string"] = true;
        schema["maxLength"] = Runs.StatusLimits.Duration;
        if (property.GetCustomAttribute<QuantityBoundsAttribute>() is { } bounds)
        {
            rules.Add(CelRules.Quantity(bounds, path));
        }
    }

    private static bool IsRequired(PropertyInfo property) => property.GetCustomAttribute<RequiredFieldAttribute>() is not null;

    private static Type? ItemType(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>) ? type.GetGenericArguments()[0] : null;

    private static InvalidOperationException Unbounded(string path, string attribute) => new($"{path} has no bound: add [{attribute}]");
}
