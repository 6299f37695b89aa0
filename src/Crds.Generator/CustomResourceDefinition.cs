using System.Reflection;
using System.Text.Json.Nodes;
using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Generator;

/// <summary>Builds a CustomResourceDefinition (apiextensions.k8s.io/v1) from a kind's type.</summary>
internal static class CustomResourceDefinition
{
    internal static JsonObject Build(Type type, Descriptions descriptions)
    {
        var resource = type.GetCustomAttribute<CustomResourceAttribute>()!;
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject { ["name"] = $"{resource.Plural}.{ApiGroup.Name}" },
            ["spec"] = new JsonObject
            {
                ["group"] = ApiGroup.Name,
                ["names"] = new JsonObject
                {
                    ["kind"] = resource.Kind,
                    ["listKind"] = resource.Kind + "List",
                    ["plural"] = resource.Plural,
                    ["singular"] = resource.Kind.ToLowerInvariant(),
                    ["shortNames"] = new JsonArray(resource.ShortName),
                    ["categories"] = new JsonArray(ApiGroup.Category),
                },
                ["scope"] = resource.Namespaced ? "Namespaced" : "Cluster",
                ["versions"] = new JsonArray(Version(type, descriptions)),
            },
        };
    }

    private static JsonObject Version(Type type, Descriptions descriptions) =>
        new()
        {
            ["name"] = ApiGroup.Version,
            ["served"] = true,
            ["storage"] = true,
            ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
            ["additionalPrinterColumns"] = new JsonArray([.. type.GetCustomAttributes<ColumnAttribute>().Select(Column)]),
            ["schema"] = new JsonObject { ["openAPIV3Schema"] = Root(type, descriptions) },
        };

    private static JsonObject Column(ColumnAttribute column)
    {
        var result = new JsonObject
        {
            ["name"] = column.Name,
            ["type"] = column.Type,
            ["jsonPath"] = column.JsonPath,
        };
        if (column.Wide)
        {
            result["priority"] = 1;
        }

        return result;
    }

    private static JsonObject Root(Type type, Descriptions descriptions)
    {
        var schema = new SchemaBuilder(descriptions);
        var root = new JsonObject
        {
            ["description"] = descriptions[type],
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["apiVersion"] = new JsonObject
                {
                    ["description"] = $"apiVersion is the version of the schema of this object: {ApiGroup.ApiVersion}.",
                    ["type"] = "string",
                },
                ["kind"] = new JsonObject { ["description"] = $"kind is the kind of this object: {type.Name}.", ["type"] = "string" },
                ["metadata"] = new JsonObject { ["type"] = "object" },
            },
        };
        var required = new JsonArray();
        foreach (var name in (string[])["Spec", "Status"])
        {
            var property = type.GetProperty(name)!;
            root["properties"]![SchemaBuilder.JsonName(property)] = schema.Property(property, parent: "");
            if (property.GetCustomAttribute<RequiredFieldAttribute>() is not null)
            {
                required.Add(SchemaBuilder.JsonName(property));
            }
            else if (property.PropertyType.GetCustomAttribute<ImmutableSpecAttribute>() is not null)
            {
                throw new InvalidOperationException(
                    $"{type.Name}.{name} must be required: the API server does not evaluate its immutability rules when it is removed"
                );
            }
        }
        if (required.Count > 0)
        {
            root["required"] = required;
        }
        // kstatus considers an object without a status finished, and one whose observedGeneration differs from its generation in progress.
        root["properties"]!["status"]!["default"] = new JsonObject { ["observedGeneration"] = -1 };
        return root;
    }
}
