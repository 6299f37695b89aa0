using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Crds.Tests.Cases;
using Stromboli.Crds.Tests.Generator;
using Stromboli.Crds.Validation;
using YamlDotNet.RepresentationModel;

namespace Stromboli.Crds.Tests;

public sealed class SamplesTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(RepositoryFolder.Of("samples"), "*.yaml").Select(file => Path.GetFileName(file))];

    [Theory]
    [MemberData(nameof(Files))]
    public void Sample_IsValidAndStartsWithAComment(string file)
    {
        var path = Path.Combine(RepositoryFolder.Of("samples"), file);
        var runs = Documents(path).Where(document => document["kind"]!.GetValue<string>() == "AgentRun").ToList();

        Assert.StartsWith("# ", File.ReadAllText(path));
        Assert.NotEmpty(runs);
        Assert.All(
            Documents(path).Where(document => document["kind"]!.GetValue<string>() == "AgentSession"),
            document =>
            {
                var session = document.Deserialize(CrdsJson.Default.AgentSession)!;
                Assert.Empty(AgentSessionValidator.Validate(session.Spec));
                Assert.True(
                    JsonNode.DeepEquals(document["spec"], JsonSerializer.SerializeToNode(session.Spec, CrdsJson.Default.AgentSessionSpec)),
                    $"{file} has a field that the types do not have"
                );
            }
        );
        Assert.All(
            runs,
            document =>
            {
                var run = document.Deserialize(CrdsJson.Default.AgentRun)!;
                Assert.Empty(AgentRunValidator.Validate(run.Spec));
                // Serializing the object again gives the same JSON, so the types have every field of the sample.
                Assert.True(JsonNode.DeepEquals(document["spec"], Canonical(run)), $"{file} has a field that the types do not have");
            }
        );
    }

    private static JsonNode? Canonical(Crds.Runs.AgentRun run)
    {
        var spec = JsonSerializer.SerializeToNode(run.Spec, CrdsJson.Default.AgentRunSpec)!;
        // Quantities are always serialized as strings.
        if (spec["resources"]?["limits"]?["cpu"] is { } cpu && long.TryParse(cpu.GetValue<string>(), out var cores))
        {
            spec["resources"]!["limits"]!["cpu"] = cores;
        }

        return spec;
    }

    private static List<JsonObject> Documents(string path)
    {
        using var reader = File.OpenText(path);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return [.. yaml.Documents.Select(document => SpecCase.ToJson(document.RootNode)!.AsObject())];
    }
}
