using System.Text.Json.Nodes;

namespace Stromboli.EndToEnd.Crds;

/// <summary>The fields of a CRD's spec from its schema, and values for them.</summary>
internal static class SpecFields
{
    // Tried in turn until the API server accepts a pair: the schema gives the type, CEL rules the rest.
    private static readonly (string, string)[] Texts =
    [
        ("one", "two"),
        ("90s", "2m"),
        ("64Mi", "128Mi"),
        ("1", "2"),
        ("20Ki", "21Ki"),
        ("65Ki", "66Ki"),
        ("1.5", "2.5"),
        ("/a/one", "/a/two"),
        ("registry.example.com/one:1", "registry.example.com/two:1"),
        ("https://one.example.com", "https://two.example.com"),
        ("https://one.example.com/a.git", "https://two.example.com/a.git"),
        ("ONE", "TWO"),
        ("Crashed", "TimedOut"),
        ("""{"type":"object"}""", """{"type":"object","title":"two"}"""),
        ("3c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f", "4c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f"),
        ("""{"mcpServers":{}}""", """{"mcpServers":{"a":{"command":"b"}}}"""),
        ("5m", "1h"),
        ("user", "project"),
        ("--one", "--two"),
        ("rw", "ro"),
        ("file_a:one", "file_b:two"),
    ];

    /// <summary>The sibling fields that a field or a field below it needs, by its path.</summary>
    private static readonly Dictionary<string, string> Companions = new()
    {
        ["spec.model.baseURL"] = """{"credentialsSecretRef":{"name":"one"}}""",
        ["spec.agent.claude.forkSession"] = """{"continue":true}""",
        ["spec.agent.claude.resume"] = """{"sessionID":"3c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f"}""",
        ["spec.workspace.git.push"] = """{"credentialsSecretRef":{"name":"one"}}""",
        ["spec.workspace.git.push.force"] = """{"branches":["one"]}""",
        ["spec.conversation"] = """{"sessionRef":{"name":"one"}}""",
        ["spec.conversationID"] = """{"sessionRef":{"name":"one"}}""",
        ["spec.lifecycle.timeout"] = """{"onCreate":["true"]}""",
        ["spec.agent.claude.strictMcpConfig"] = """{"mcpConfigs":["{\"mcpServers\":{}}"]}""",
        ["spec.agent.claude.replayUserMessages"] = """{"inputFormat":"stream-json"}""",
        ["spec.agent.claude.agent"] = """{"agents":"{\"one\":{\"description\":\"a\",\"prompt\":\"b\"}}"}""",
    };

    /// <summary>Values for required fields for which the first example is not valid, by name.</summary>
    private static readonly Dictionary<string, string> Needed = new()
    {
        ["url"] = "https://one.example.com/a.git",
        ["hostPath"] = "/srv/one",
        ["mountPath"] = "/srv/two",
        ["path"] = "/srv/one",
    };

    /// <summary>
    /// Every field, including those of nested objects and of list items. A field whose every value is refused (<c>retries.true</c>) does
    /// not count.
    /// </summary>
    public static IEnumerable<SpecField> Of(JsonNode spec) => Below([], [], spec).Where(field => field.ToString() != "spec.retries.true");

    /// <summary>Pairs of different values for a field.</summary>
    public static IEnumerable<(JsonNode One, JsonNode Other)> Examples(SpecField field) =>
        Values(field.Schema).Select(pair => (pair.One.DeepClone(), pair.Other.DeepClone()));

    /// <summary>The smallest spec in which the field has this value.</summary>
    public static JsonObject Spec(SpecField field, JsonNode value, bool ofRun = true)
    {
        var spec = new JsonObject();
        if (ofRun && field.Path[0] is not ("prompt" or "promptFrom"))
        {
            spec["prompt"] = "hi";
        }

        JsonNode parent = spec;
        for (var i = 0; i < field.Path.Count; i++)
        {
            var isLast = i == field.Path.Count - 1;
            if (i > 0)
            {
                Complete(parent, field.Schemas[i - 1], except: field.Path[i]);
            }

            var node =
                isLast ? value.DeepClone()
                : field.Path[i + 1] == "[]" ? new JsonArray()
                : new JsonObject();
            if (field.Path[i] == "[]")
            {
                parent.AsArray().Add(node);
            }
            else
            {
                parent[field.Path[i]] = node;
            }

            if (Companions.TryGetValue(new SpecField([.. field.Path.Take(i + 1)], field.Schemas).ToString(), out var companions))
            {
                foreach (var (name, companion) in JsonNode.Parse(companions)!.AsObject())
                {
                    parent[name] = companion?.DeepClone();
                }
            }

            parent = node;
        }

        return spec;
    }

    private static IEnumerable<SpecField> Below(IReadOnlyList<string> path, IReadOnlyList<JsonNode> schemas, JsonNode schema)
    {
        var children = (schema["properties"]?.AsObject() ?? []).Select(property => (Name: property.Key, Schema: property.Value!));
        if (schema["items"] is { } items)
        {
            children = children.Append(("[]", items));
        }

        foreach (var child in children)
        {
            var field = new SpecField([.. path, child.Name], [.. schemas, child.Schema]);
            if (child.Name != "[]")
            {
                yield return field;
            }

            foreach (var grandchild in Below(field.Path, field.Schemas, child.Schema))
            {
                yield return grandchild;
            }
        }
    }

    // The fields that the object needs besides this one.
    private static void Complete(JsonNode parent, JsonNode schema, string except)
    {
        foreach (var name in (schema["required"]?.AsArray() ?? []).Select(name => name!.ToString()).Where(name => name != except))
        {
            parent[name] = Needed.TryGetValue(name, out var needed) ? needed : Values(schema["properties"]![name]!).First().One.DeepClone();
        }
    }

    private static IEnumerable<(JsonNode One, JsonNode Other)> Values(JsonNode schema)
    {
        if (schema["enum"]?.AsArray() is { } values)
        {
            return [(values[0]!, values[Math.Min(1, values.Count - 1)]!)];
        }

        if (schema["x-kubernetes-int-or-string"] is not null)
        {
            return Texts.Select(pair => ((JsonNode)pair.Item1, (JsonNode)pair.Item2));
        }

        return schema["type"]!.ToString() switch
        {
            "boolean" => [(true, false)],
            "integer" => [(schema["minimum"]!.DeepClone(), schema["maximum"]!.DeepClone())],
            "array" => Values(schema["items"]!)
                .Select(pair => ((JsonNode)new JsonArray(pair.One.DeepClone()), (JsonNode)new JsonArray(pair.Other.DeepClone()))),
            "object" => Objects(schema),
            _ => Texts.Select(pair => ((JsonNode)pair.Item1, (JsonNode)pair.Item2)),
        };
    }

    // An object with one of its fields and all required ones.
    private static IEnumerable<(JsonNode One, JsonNode Other)> Objects(JsonNode schema)
    {
        if (schema["additionalProperties"] is { } value)
        {
            return Values(value)
                .Select(pair =>
                    (
                        (JsonNode)new JsonObject { ["key"] = pair.One.DeepClone() },
                        (JsonNode)new JsonObject { ["key"] = pair.Other.DeepClone() }
                    )
                );
        }

        return (schema["properties"]?.AsObject() ?? []).SelectMany(property =>
            Values(property.Value!).Select(pair => (With(property.Key, pair.One), With(property.Key, pair.Other)))
        );

        JsonNode With(string name, JsonNode one)
        {
            var item = new JsonObject { [name] = one.DeepClone() };
            Complete(item, schema, except: name);
            return item;
        }
    }
}
