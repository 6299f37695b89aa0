using System.Net;
using System.Text.Json.Nodes;
using Stromboli.Testbed.Kube;

namespace Stromboli.EndToEnd.Crds;

/// <summary>
/// Once a spec is applied, no field can be changed, added or removed, except a few named ones. Every field of the CRD is tried, so new ones
/// are covered.
/// </summary>
public sealed class ImmutabilityTests(CrdServerFixture fixture) : IClassFixture<CrdServerFixture>
{
    private const string Objects = "/apis/stromboli.dev/v1alpha1/namespaces/default";
    private const string Crds = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    private const string Refusal = "is immutable: create a new object instead";

    /// <summary>Fields of both kinds that no session accepts.</summary>
    private static readonly string[] OfRunsAlone =
    [
        .. new[] { "continue", "forkSession", "resume", "sessionID" }.Select(field => $"spec.agent.claude.{field}"),
        "spec.workspace.git.push.onSuccess",
        .. new[] { "authorEmail", "authorName", "branch", "message", "protectedPaths" }.Select(field =>
            $"spec.workspace.git.push.onSuccess.{field}"
        ),
    ];

    [Theory]
    [InlineData("AgentRun", 80, "suspend cancel priority ttlAfterFinished deleteAfterFinished")]
    [InlineData("AgentSession", 60, "suspend idle storageLimit")]
    public async Task Update_EveryFieldOfTheSpec_IsRefusedExceptNamedOnes(string kind, int least, string mutable)
    {
        var may = mutable.Split(' ');
        using var server = fixture.Plane.CrdServer!.Connect();
        var schema = (await server.GetAsync($"{Crds}/{Plural(kind)}.stromboli.dev"))!["spec"]!["versions"]![0]!["schema"]![
            "openAPIV3Schema"
        ]!["properties"]!["spec"]!;
        var fields = SpecFields.Of(schema).Where(field => kind == "AgentRun" || !OfRunsAlone.Contains($"{field}")).ToList();
        Assert.True(fields.Count > least, $"only {fields.Count} fields");
        List<string> wrong = [];
        foreach (var field in fields)
        {
            if (await PairAsync(kind, field) is not var (one, other))
            {
                wrong.Add($"{field}: no example is accepted: add one to {nameof(SpecFields)}.");
                continue;
            }

            var top = field.Path[0];
            foreach (
                var (what, before, after) in ((string, JsonObject, JsonObject)[])
                    [("changed", one, other), ("added", Without(one, field), one), ("taken away", one, Without(one, field))]
            )
            {
                if (JsonNode.DeepEquals(before, after))
                {
                    continue;
                }

                var answer = await UpdateAsync(kind, before, after);
                if (answer is null)
                {
                    continue;
                }
                // If the rest is not a valid spec, the API server reports only that.
                var refused =
                    answer.Contains($"spec.{top} {Refusal}", StringComparison.Ordinal)
                    || (answer.Length > 0 && !await IsTakenAsync(kind, after));
                if (refused == may.Contains(top) || (may.Contains(top) && answer.Length > 0))
                {
                    wrong.Add($"{field} {what}: {(answer.Length == 0 ? "accepted" : answer)}");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    // Two specs that the API server accepts and that differ only in this field; null if no example works.
    private async Task<(JsonObject One, JsonObject Other)?> PairAsync(string kind, SpecField field)
    {
        foreach (var (one, other) in SpecFields.Examples(field))
        {
            var (first, second) = (SpecFields.Spec(field, one, kind == "AgentRun"), SpecFields.Spec(field, other, kind == "AgentRun"));
            if (await IsTakenAsync(kind, first) && (one.ToJsonString() == other.ToJsonString() || await IsTakenAsync(kind, second)))
            {
                return (first, second);
            }
        }

        return null;
    }

    private static JsonObject Without(JsonObject spec, SpecField field)
    {
        var copy = spec.DeepClone().AsObject();
        JsonNode parent = copy;
        foreach (var step in field.Path.SkipLast(1))
        {
            parent = step == "[]" ? parent[0]! : parent[step]!;
        }

        parent.AsObject().Remove(field.Path[^1]);
        return copy;
    }

    private async Task<bool> IsTakenAsync(string kind, JsonObject spec) =>
        await TryAsync(() =>
            fixture.Plane.Http.CreateAsync($"{Objects}/{Plural(kind)}?dryRun=All&fieldValidation=Strict", Document(kind, "dry", spec))
        )
            is null;

    // What the API server objects to in the change; empty if it accepts it; null if it refuses the first spec (a field that another one
    // needs).
    private async Task<string?> UpdateAsync(string kind, JsonObject before, JsonObject after)
    {
        if (!await IsTakenAsync(kind, before))
        {
            return null;
        }

        var name = $"run-{Guid.NewGuid():N}";
        await fixture.Plane.Http.CreateAsync($"{Objects}/{Plural(kind)}", Document(kind, name, before));
        try
        {
            return await TryAsync(() =>
                    fixture.Plane.Http.MergeAsync(
                        $"{Objects}/{Plural(kind)}/{name}",
                        new JsonObject { ["spec"] = Difference(before, after) }.ToJsonString()
                    )
                ) ?? "";
        }
        finally
        {
            await fixture.Plane.Http.DeleteAsync($"{Objects}/{Plural(kind)}/{name}");
        }
    }

    private static async Task<string?> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return null;
        }
        catch (KubeHttpException e) when (e.Code is HttpStatusCode.UnprocessableEntity or HttpStatusCode.BadRequest)
        {
            return e.Message;
        }
    }

    // As a merge patch (RFC 7396).
    private static JsonObject Difference(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, value) in after)
        {
            if (before[name] is JsonObject old && value is JsonObject fresh)
            {
                patch[name] = Difference(old, fresh);
            }
            else if (!JsonNode.DeepEquals(before[name], value))
            {
                patch[name] = value?.DeepClone();
            }
        }

        foreach (var (name, _) in before.Where(pair => !after.ContainsKey(pair.Key)))
        {
            patch[name] = null;
        }

        return patch;
    }

    private static string Plural(string kind) => kind.ToLowerInvariant() + "s";

    private static string Document(string kind, string name, JsonObject spec) =>
        new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = kind,
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = spec.DeepClone(),
        }.ToJsonString();
}
