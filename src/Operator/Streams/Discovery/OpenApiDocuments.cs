using System.Text.Json.Nodes;
using Stromboli.Operator.Streams.Requests;

namespace Stromboli.Operator.Streams.Discovery;

/// <summary>Makes the OpenAPI documents, which name the paths and their parameters. There are no schemas: the answers are bytes.</summary>
internal static class OpenApiDocuments
{
    private const string Prefix = $"/apis/{StreamsApi.GroupVersion}";

    private static readonly Dictionary<string, (string Name, string Type)[]> Parameters = new()
    {
        ["log"] =
        [
            ("follow", "boolean"),
            ("tailLines", "integer"),
            ("sinceSeconds", "integer"),
            ("format", "string"),
            ("offset", "integer"),
            ("attempt", "integer"),
        ],
        ["files"] = [("path", "string"), ("offset", "integer"), ("limit", "integer")],
        ["diff"] = [],
        ["messages"] = [("offset", "integer"), ("limit", "integer")],
    };

    /// <summary><c>/openapi/v2</c>.</summary>
    public static JsonObject V2() =>
        new()
        {
            ["swagger"] = "2.0",
            ["info"] = Info(),
            ["paths"] = Paths(flat: true),
            ["definitions"] = new JsonObject(),
        };

    /// <summary><c>/openapi/v3</c>: where the document of the version is.</summary>
    /// <param name="hash">The digest of that document.</param>
    public static JsonObject V3Index(string hash) =>
        new()
        {
            ["paths"] = new JsonObject
            {
                [$"apis/{StreamsApi.GroupVersion}"] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3{Prefix}?hash={hash}" },
            },
        };

    /// <summary><c>/openapi/v3/apis/streams.stromboli.dev/v1alpha1</c>.</summary>
    public static JsonObject V3() =>
        new()
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(),
            ["paths"] = Paths(flat: false),
            ["components"] = new JsonObject { ["schemas"] = new JsonObject() },
        };

    private static JsonObject Info() => new() { ["title"] = "Stromboli streams", ["version"] = StreamsApi.Version };

    private static IEnumerable<(string Name, string In, string Type)> All(StreamResource resource) =>
        [
            ("namespace", "path", "string"),
            ("name", "path", "string"),
            .. Parameters[resource.Subresource].Select(p => (p.Name, "query", p.Type)),
        ];

    // Version 2 writes the type into the parameter, version 3 into a schema of it.
    private static JsonObject Parameter((string Name, string In, string Type) parameter, bool flat)
    {
        JsonObject made = new()
        {
            ["name"] = parameter.Name,
            ["in"] = parameter.In,
            ["required"] = parameter.In == "path",
        };
        if (flat)
        {
            made["type"] = parameter.Type;
        }
        else
        {
            made["schema"] = new JsonObject { ["type"] = parameter.Type };
        }

        return made;
    }

    private static JsonObject Paths(bool flat)
    {
        JsonObject paths = [];
        foreach (var resource in StreamsApi.Resources)
        {
            paths[$"{Prefix}/namespaces/{{namespace}}/{resource.Resource}/{{name}}/{resource.Subresource}"] = new JsonObject
            {
                ["get"] = new JsonObject
                {
                    ["description"] = resource.Description,
                    ["operationId"] = $"readStreamsV1alpha1Namespaced{resource.Kind}{Capitalized(resource.Subresource)}",
                    ["parameters"] = new JsonArray([.. All(resource).Select(p => Parameter(p, flat))]),
                    ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
                },
            };
        }

        return paths;
    }

    private static string Capitalized(string text) => char.ToUpperInvariant(text[0]) + text[1..];
}
