using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Tests.Generator;
using Stromboli.Crds.Validation;

namespace Stromboli.Crds.Tests.Validation;

/// <summary>
/// Every bound in the schema is checked in code too. A new field whose check is missing in a validator fails here, before anybody has
/// written a case for it.
/// </summary>
public sealed class ValidatorCoverageTests
{
    private static readonly JsonObject RunSpec = Spec("config/crd/stromboli.dev_agentruns.yaml");
    private static readonly JsonObject SessionSpec = Spec("config/crd/stromboli.dev_agentsessions.yaml");

    // The session of a run does not set these fields, or lets the run set them too.
    private static readonly string[] OwnFields = ["agent", "model", "suspend"];

    public static TheoryData<string, string> RunViolations => Rows(RunSpec);

    public static TheoryData<string, string> SessionViolations => Rows(SessionSpec);

    public static TheoryData<string> SharedFields =>
        [.. Names(SessionSpec).Intersect(Names(RunSpec), StringComparer.Ordinal).Except(OwnFields, StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(RunViolations))]
    public void Validate_RunThatViolatesABoundOfTheSchema_IsRefused(string field, string spec)
    {
        var run = JsonNode.Parse(spec)!.AsObject();
        if (!run.ContainsKey("promptFrom") && field != "spec.prompt")
        {
            run["prompt"] = "hi";
        }

        var errors = AgentRunValidator.Validate(run.Deserialize(CrdsJson.Default.AgentRunSpec));

        Assert.Contains(field, errors.Select(error => error.Field));
    }

    [Theory]
    [MemberData(nameof(SessionViolations))]
    public void Validate_SessionThatViolatesABoundOfTheSchema_IsRefused(string field, string spec)
    {
        var errors = AgentSessionValidator.Validate(JsonSerializer.Deserialize(spec, CrdsJson.Default.AgentSessionSpec));

        Assert.Contains(field, errors.Select(error => error.Field));
    }

    [Theory]
    [MemberData(nameof(SharedFields))]
    public void Validate_RunWithAFieldOfItsSession_IsRefused(string field)
    {
        var value = RunSpec["properties"]![field]!["type"]!.GetValue<string>() switch
        {
            "array" => new JsonArray(),
            "string" => (JsonNode)"x",
            _ => new JsonObject(),
        };
        var spec = new JsonObject
        {
            ["prompt"] = "hi",
            ["sessionRef"] = new JsonObject { ["name"] = "talk" },
            [field] = value,
        };

        var errors = AgentRunValidator.Validate(spec.Deserialize(CrdsJson.Default.AgentRunSpec));

        Assert.Contains("spec.sessionRef", errors.Select(error => error.Field));
        Assert.Contains($"has(self.{field})", SpecRules.FieldsOfSession);
        Assert.Contains(field, Messages.FieldsOfSession);
    }

    private static JsonObject Spec(string file) => GeneratedFilesTests.Schema(file)["properties"]!["spec"]!.AsObject();

    private static IEnumerable<string> Names(JsonObject schema) => schema["properties"]!.AsObject().Select(field => field.Key);

    private static TheoryData<string, string> Rows(JsonObject schema)
    {
        var rows = new TheoryData<string, string>();
        foreach (var (field, value) in Violations(schema, "spec"))
        {
            rows.Add(field, value.ToJsonString());
        }

        return rows;
    }

    /// <summary>Values that violate one bound each, with the path that the error must have.</summary>
    private static IEnumerable<(string Field, JsonNode Value)> Violations(JsonObject schema, string path) =>
        schema["type"]?.GetValue<string>() switch
        {
            null => [(path, "no quantity")],
            "boolean" => [],
            "integer" => [(path, schema["minimum"]!.GetValue<long>() - 1), (path, schema["maximum"]!.GetValue<long>() + 1)],
            "string" => OfText(schema, path),
            "array" => OfList(schema, path),
            _ when schema["additionalProperties"] is not null => [(path, Entries((int)schema["maxProperties"]!.GetValue<long>() + 1))],
            _ => OfObject(schema, path),
        };

    private static IEnumerable<(string Field, JsonNode Value)> OfText(JsonObject schema, string path)
    {
        yield return (path, schema["enum"] is null ? new string('a', (int)schema["maxLength"]!.GetValue<long>() + 1) : "none of them");
        if (schema["minLength"] is not null)
        {
            yield return (path, "");
        }
    }

    private static IEnumerable<(string Field, JsonNode Value)> OfList(JsonObject schema, string path)
    {
        var items = schema["items"]!.AsObject();
        var item = items["type"]!.GetValue<string>() == "string" ? (JsonNode)"a" : new JsonObject();
        yield return (
            path,
            new JsonArray([.. Enumerable.Range(0, (int)schema["maxItems"]!.GetValue<long>() + 1).Select(_ => item.DeepClone())])
        );
        if (schema["minItems"] is not null)
        {
            yield return (path, new JsonArray());
        }

        foreach (var (field, value) in Violations(items, $"{path}[0]"))
        {
            yield return (field, new JsonArray(value.DeepClone()));
        }
    }

    private static IEnumerable<(string Field, JsonNode Value)> OfObject(JsonObject schema, string path)
    {
        foreach (var name in schema["required"]?.AsArray() ?? [])
        {
            yield return ($"{path}.{name}", new JsonObject());
        }

        foreach (var (name, property) in schema["properties"]!.AsObject())
        {
            foreach (var (field, value) in Violations(property!.AsObject(), $"{path}.{name}"))
            {
                yield return (field, new JsonObject { [name] = value.DeepClone() });
            }
        }
    }

    private static JsonObject Entries(int count) =>
        new(Enumerable.Range(0, count).Select(i => KeyValuePair.Create($"a{i}", (JsonNode?)"x")));
}
