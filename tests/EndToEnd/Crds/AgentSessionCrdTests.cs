using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Stromboli.Crds.Tests.Cases;
using Stromboli.Testbed.Kube;

namespace Stromboli.EndToEnd.Crds;

/// <summary>AgentSessions on a real API server of a current Kubernetes.</summary>
public sealed partial class AgentSessionCrdTests(CrdServerFixture fixture) : IClassFixture<CrdServerFixture>
{
    private const string Table = "agentsession";
    private const string Sessions = "/apis/stromboli.dev/v1alpha1/namespaces/default/agentsessions";

    public static TheoryData<string> Names => [.. SpecCase.ForServer(Table).Select(row => row.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Write_RowOfTheTable_RefusesItsFields(string name)
    {
        var row = SpecCase.All(Table).Single(row => row.Name == name);

        var answer = await WriteAsync(row);

        Assert.Equal(
            row.Refused.Order(StringComparer.Ordinal),
            Fields().Matches(answer).Select(match => match.Groups["field"].Value).Distinct().Order(StringComparer.Ordinal)
        );
        if (row.Says is { } says)
        {
            Assert.Contains(says, answer);
        }
    }

    [Fact]
    public async Task Get_UsedSession_ShowsTheColumns()
    {
        var made = await fixture.Plane.Http.CreateAsync(
            Sessions,
            """{"apiVersion":"stromboli.dev/v1alpha1","kind":"AgentSession","metadata":{"name":"columns"},"spec":{}}"""
        );
        const string status =
            """{"status":{"observedGeneration":1,"phase":"Busy","nodeName":"node-1","turns":3,"queueLength":2,"lastActivityTime":"2020-01-01T00:00:00Z","usage":{"costUSD":"0.5"}}}""";
        await fixture.Plane.Http.MergeAsync($"{Sessions}/columns/status", status);

        var table = await fixture.Plane.Kubectl.RunAsync("get", "asess", "columns");

        // kstatus: not ready before the operator has seen it.
        Assert.Equal("""{"observedGeneration":-1}""", made["status"]!.ToJsonString());
        Assert.Matches(
            @"^NAME +PHASE +NODE +TURNS +QUEUE +COST +LAST-ACTIVITY +AGE\s+columns +Busy +node-1 +3 +2 +0\.5 +\S+ +\d+s\s*$",
            table
        );
    }

    private async Task<string> WriteAsync(SpecCase row)
    {
        var name = $"row-{Guid.NewGuid():N}";
        var session = new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentSession",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = row.Spec.DeepClone(),
        };
        try
        {
            await fixture.Plane.Http.CreateAsync($"{Sessions}?fieldValidation=Strict", session.ToJsonString());
            if (row.Update is { } update)
            {
                await fixture.Plane.Http.MergeAsync($"{Sessions}/{name}", new JsonObject { ["spec"] = update.DeepClone() }.ToJsonString());
            }

            return "";
        }
        catch (KubeHttpException e)
        {
            return e.Message;
        }
    }

    // `spec.mode: Unsupported value: …`, or `unknown field "spec.x"` for a field that is not in the schema.
    [GeneratedRegex(
        """(?<field>spec(\.[a-zA-Z]+|\[[^\]]*\])*)(: |")""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Fields();
}
