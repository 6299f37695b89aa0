using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Stromboli.Crds.Tests.Cases;
using Stromboli.Testbed;
using Stromboli.Testbed.Kube;

namespace Stromboli.EndToEnd.Crds;

/// <summary>The CRDs on a real API server of a current Kubernetes.</summary>
public sealed partial class AgentRunCrdTests(CrdServerFixture fixture) : IClassFixture<CrdServerFixture>
{
    private const string Runs = "/apis/stromboli.dev/v1alpha1/namespaces/default/agentruns";

    public static TheoryData<string> Names => [.. SpecCase.ForServer().Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Write_RowOfTheTable_RefusesItsFields(string name)
    {
        var row = SpecCase.All().Single(row => row.Name == name);

        var answer = await WriteAsync(row);

        Assert.Equal(
            row.Refused.Order(StringComparer.Ordinal),
            Fields().Matches(answer).Select(match => match.Groups["field"].Value).Distinct().Order(StringComparer.Ordinal)
        );
        if (row.Says is { } says)
        {
            Assert.Equal(row.Refused.Count, answer.Split(says).Length - 1);
        }
    }

    [Fact]
    public async Task Create_PromptTooLong_IsNotRepeatedInTheAnswer()
    {
        var answer = await WriteAsync(SpecCase.All().Single(row => row.Name == "prompt of more than 64 KiB in fewer characters"));

        Assert.InRange(answer.Length, 1, 1000);
    }

    [Fact]
    public async Task Create_NewRun_IsNotTakenForFinished()
    {
        var run = await fixture.Plane.Http.CreateAsync(
            Runs,
            """{"apiVersion":"stromboli.dev/v1alpha1","kind":"AgentRun","metadata":{"name":"new"},"spec":{"prompt":"hi"}}"""
        );

        // kstatus: a run whose observedGeneration is not its generation is in progress.
        Assert.Equal("""{"observedGeneration":-1}""", run["status"]!.ToJsonString());
        Assert.Equal("""{"prompt":"hi"}""", run["spec"]!.ToJsonString());
    }

    [Fact]
    public async Task Apply_Samples_AreAcceptedTwice()
    {
        var first = await fixture.Plane.Kubectl.RunAsync("apply", "-f", Repository.At("samples"));
        var second = await fixture.Plane.Kubectl.RunAsync("apply", "-f", Repository.At("samples"));

        Assert.Contains("agentrun.stromboli.dev/hello created", first);
        // A Secret with stringData always counts as configured.
        Assert.All(
            second.Split('\n').Where(line => line.StartsWith("agentrun", StringComparison.Ordinal)),
            line => Assert.EndsWith(" unchanged", line)
        );
    }

    [Fact]
    public async Task Get_FinishedRun_ShowsTheColumns()
    {
        await fixture.Plane.Http.CreateAsync(
            Runs,
            """{"apiVersion":"stromboli.dev/v1alpha1","kind":"AgentRun","metadata":{"name":"columns"},"spec":{"prompt":"hi","sessionRef":{"name":"talk"}}}"""
        );
        const string status =
            """{"status":{"observedGeneration":1,"phase":"Succeeded","reason":"Completed","message":"Done.","nodeName":"node-1","duration":"1m30s","model":"sonnet","usage":{"costUSD":"0.0123","turns":2,"totalTokens":1234}}}""";
        await fixture.Plane.Http.MergeAsync($"{Runs}/columns/status", status);

        var table = await fixture.Plane.Kubectl.RunAsync("get", "arun", "columns");
        var wide = await fixture.Plane.Kubectl.RunAsync("get", "agentruns.stromboli.dev", "columns", "-o", "wide");

        Assert.Matches(@"^NAME +PHASE +REASON +NODE +COST +AGE\s+columns +Succeeded +Completed +node-1 +0\.0123 +\d+s\s*$", table);
        Assert.Matches(
            @"^NAME +PHASE +REASON +NODE +COST +AGE +SESSION +MODEL +TURNS +TOKENS +DURATION +MESSAGE\s+columns +.*s +talk +sonnet +2 +1234 +1m30s +Done\.\s*$",
            wide
        );
    }

    [Fact]
    public async Task Write_AgentNode_IsListedInTheCategoryAndKeepsItsOwnLabels()
    {
        const string nodes = "/apis/stromboli.dev/v1alpha1/agentnodes";
        await fixture.Plane.Http.CreateAsync(
            nodes,
            """{"apiVersion":"stromboli.dev/v1alpha1","kind":"AgentNode","metadata":{"name":"build-7"},"spec":{"labels":{"stromboli.dev/pool":"default"}}}"""
        );

        var refused = await Assert.ThrowsAsync<KubeHttpException>(() =>
            fixture.Plane.Http.MergeAsync($"{nodes}/build-7", """{"spec":{"labels":{"node.stromboli.dev/kernel":"7"}}}""")
        );
        var image = await Assert.ThrowsAsync<KubeHttpException>(() =>
            fixture.Plane.Http.MergeAsync($"{nodes}/build-7", """{"spec":{"prePullImages":["registry.example.com/agent:1","busybox"]}}""")
        );
        Assert.Contains("must be a fully qualified image name", image.Message);
        await fixture.Plane.Http.MergeAsync($"{nodes}/build-7", """{"spec":{"prePullImages":["registry.example.com/agent:1"]}}""");
        var table = await fixture.Plane.Kubectl.RunAsync("get", "stromboli");

        Assert.Contains("spec.labels must not have keys under node.stromboli.dev/", refused.Message);
        Assert.Contains("agentnode.stromboli.dev/build-7", table);
    }

    // What the API server objects to in the row; empty if nothing.
    private async Task<string> WriteAsync(SpecCase row)
    {
        var name = $"row-{Guid.NewGuid():N}";
        var run = new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = row.Spec.DeepClone(),
        };
        try
        {
            await fixture.Plane.Http.CreateAsync($"{Runs}?fieldValidation=Strict", run.ToJsonString());
            if (row.Update is { } update)
            {
                await fixture.Plane.Http.MergeAsync(
                    $"{Runs}/{name}",
                    new JsonObject { ["spec"] = PatchTo(update, row.Spec) }.ToJsonString()
                );
            }

            return "";
        }
        catch (KubeHttpException e)
        {
            return e.Message;
        }
    }

    // In RFC 7396 null removes a field.
    private static JsonObject PatchTo(JsonObject wanted, JsonObject present)
    {
        var patch = wanted.DeepClone().AsObject();
        foreach (var (field, _) in present)
        {
            patch.TryAdd(field, null);
        }

        return patch;
    }

    // `spec.env[0].name: Invalid value: …`, or `unknown field "spec.x"` for a field that is not in the schema.
    [GeneratedRegex(
        """(?<field>spec(\.[a-zA-Z]+|\[[^\]]*\])*)(: |")""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Fields();
}
