using System.Reflection;
using System.Text.Json.Nodes;
using Stromboli.Crds.Generator;
using Stromboli.Crds.Schema;
using Stromboli.Crds.Tests.Cases;
using YamlDotNet.RepresentationModel;

namespace Stromboli.Crds.Tests.Generator;

public sealed class GeneratedFilesTests
{
    public static TheoryData<string> Files =>
        [.. GeneratedFiles.All().Select(generated => generated.File).Where(file => file.EndsWith(".yaml", StringComparison.Ordinal))];

    [Fact]
    public void All_GeneratedFiles_AreCommittedAndNoOthers()
    {
        var root = RepositoryFolder.Of();
        string[] committed =
        [
            .. Directory.GetFiles(Path.Combine(root, "config", "crd"), "stromboli.dev_*.yaml"),
            .. Directory.GetFiles(Path.Combine(root, "docs", "api"), "agent*.md"),
        ];

        Assert.Equal(
            GeneratedFiles.All().Select(generated => generated.File).Order(StringComparer.Ordinal),
            committed.Select(file => Path.GetRelativePath(root, file)).Order(StringComparer.Ordinal)
        );
        Assert.All(
            GeneratedFiles.All(),
            generated =>
                Assert.True(
                    File.ReadAllText(Path.Combine(root, generated.File)) == generated.Text,
                    $"{generated.File} differs from what `make generate` writes"
                )
        );
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Text_ParsedAsYaml_IsTheGeneratedObject(string file)
    {
        var type = typeof(ApiGroup)
            .Assembly.GetExportedTypes()
            .Single(type =>
                type.GetCustomAttribute<CustomResourceAttribute>() is { } resource
                && file.EndsWith($"_{resource.Plural}.yaml", StringComparison.Ordinal)
            );
        var built = CustomResourceDefinition.Build(type, Descriptions.Of(type.Assembly));

        Assert.True(JsonNode.DeepEquals(built, Read(file)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Text_FitsIntoTheAnnotationOfClientSideApply(string file) =>
        // All annotations together can have 256 KiB; the other half is for later fields.
        Assert.InRange(Read(file).ToJsonString().Length, 1, 128 * 1024);

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryField_IsDescribedAndBounded(string file)
    {
        foreach (var (path, schema) in Fields(Schema(file), ""))
        {
            if (path is "metadata" or "kind" or "apiVersion")
            {
                continue;
            }

            Assert.True(
                schema["description"] is not null
                    || path.EndsWith("[]", StringComparison.Ordinal)
                    || path.EndsWith("{}", StringComparison.Ordinal),
                $"{path} has no description"
            );
            string[] bounds = schema["type"]?.GetValue<string>() switch
            {
                "string" => ["maxLength", "enum", "format"],
                "integer" => ["maximum"],
                "array" => ["maxItems"],
                // The contents are arbitrary: only the operator writes them, and limits their size.
                "object" when path == "status.result.structured" => ["x-kubernetes-preserve-unknown-fields"],
                "object" => ["properties", "maxProperties"],
                "boolean" => ["type"],
                _ => ["maxLength"],
            };
            Assert.True(bounds.Any(schema.ContainsKey), $"{path} has no bound");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Default_IsOnlyThatOfStatus(string file)
    {
        var defaults = Fields(Schema(file), "")
            .Where(field => field.Schema.ContainsKey("default"))
            .Select(field => (field.Path, field.Schema["default"]!.ToJsonString()));

        Assert.Equal([("status", """{"observedGeneration":-1}""")], defaults);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void EveryRule_NamesItsField(string file)
    {
        foreach (var (path, schema) in Fields(Schema(file), ""))
        {
            foreach (var rule in schema["x-kubernetes-validations"]?.AsArray() ?? [])
            {
                Assert.StartsWith(path.TrimEnd('[', ']', '{', '}'), rule!["message"]!.GetValue<string>());
            }
        }
    }

    [Fact]
    public void Spec_OfARun_HasAnImmutabilityRuleForEveryFieldThatIsNotMutable()
    {
        var spec = Schema("config/crd/stromboli.dev_agentruns.yaml")["properties"]!["spec"]!.AsObject();

        var immutable = spec["x-kubernetes-validations"]!
            .AsArray()
            .Where(rule => rule!["rule"]!.GetValue<string>().Contains("oldSelf", StringComparison.Ordinal))
            .Select(rule => rule!["fieldPath"]!.GetValue<string>()[1..]);

        Assert.Equal(
            ["cancel", "deleteAfterFinished", "priority", "suspend", "ttlAfterFinished"],
            spec["properties"]!.AsObject().Select(field => field.Key).Except(immutable).Order(StringComparer.Ordinal)
        );
    }

    private static JsonObject Read(string file)
    {
        using var reader = new StringReader(GeneratedFiles.All().Single(generated => generated.File == file).Text);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return SpecCase.ToJson(yaml.Documents[0].RootNode)!.AsObject();
    }

    internal static JsonObject Schema(string file) => Read(file)["spec"]!["versions"]![0]!["schema"]!["openAPIV3Schema"]!.AsObject();

    internal static IEnumerable<(string Path, JsonObject Schema)> Fields(JsonObject schema, string path)
    {
        foreach (var (name, property) in schema["properties"]?.AsObject() ?? [])
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            yield return (at, property!.AsObject());
            foreach (var field in Fields(property.AsObject(), at))
            {
                yield return field;
            }
        }
        foreach (var (inner, mark) in ((string, string)[])[("items", "[]"), ("additionalProperties", "{}")])
        {
            if (schema[inner] is not JsonObject item)
            {
                continue;
            }

            yield return (path + mark, item);
            foreach (var field in Fields(item, path + mark))
            {
                yield return field;
            }
        }
    }
}
