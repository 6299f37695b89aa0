using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using k8s;
using k8s.Models;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Observers;

/// <summary>
/// What the package KubernetesClient, which shares no code with us, lists, watches and waits for is what we say of a run.
/// </summary>
public sealed class KubernetesClientTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Run_FromApplyToSucceeded_IsTheSameForKubernetesClient()
    {
        var scene = await OnSharedStackAsync();
        using var client = new k8s.Kubernetes(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(scene.Stack.ControlPlane.KubeconfigPath)
        );
        using var runs = new GenericClient(client, "stromboli.dev", "v1alpha1", "agentruns", disposeClient: false);
        var waiting = WaitAsync(runs, scene.Namespace);
        Assert.Empty((await runs.ListNamespacedAsync<ObservedRuns>(scene.Namespace, cancel: Cancelled)).Items);

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: observed
            spec:
              prompt: "@say seen from outside"
            """
        );
        var last = await run.EndAsync();
        var seen = await waiting.WaitAsync(Poll.Timeout, Cancelled);

        Assert.Equal(RunPhase.Succeeded, last.Phase);
        AssertSameHistory(run, seen);
        AssertSameConditions(last, seen[^1]);
        var listed = Assert.Single((await runs.ListNamespacedAsync<ObservedRuns>(scene.Namespace, cancel: Cancelled)).Items);
        Assert.Equal("seen from outside", listed.Status?["result"]?["text"]?.ToString());
        await AssertSameColumnsAsync(scene, run, listed);
        await AssertSameEventsAsync(scene, client, run);
    }

    // Waits as tools do that do not know the kind, on what the package decodes.
    private static async Task<List<ObservedRun>> WaitAsync(GenericClient runs, string scope)
    {
        List<ObservedRun> seen = [];
        await foreach (var (type, run) in runs.WatchNamespacedAsync<ObservedRun>(scope, cancel: Cancelled))
        {
            Assert.NotEqual(WatchEventType.Deleted, type);
            seen.Add(run);
            if (Kstatus.Of(ToJson(run)) != Kstatus.InProgress)
            {
                return seen;
            }
        }

        throw new TestbedException("The watch ended before the run was done.");
    }

    // The package's watch may begin a little later than ours; from then on it misses nothing.
    private static void AssertSameHistory(RunHistory run, List<ObservedRun> seen)
    {
        var ours = run.States.SkipWhile(state => VersionOf(state) != seen[0].Metadata.ResourceVersion).Take(seen.Count).ToList();
        Assert.Equal(seen.Select(state => state.Metadata.ResourceVersion), ours.Select(VersionOf));
        Assert.All(
            ours.Zip(seen),
            pair => Assert.True(JsonNode.DeepEquals(pair.First.Json["status"], pair.Second.Status), $"{pair.First}: {pair.Second.Status}")
        );
        Assert.True(run.Last.IsFinished);
        Assert.Equal("Succeeded", seen[^1].Status?["phase"]?.ToString());
    }

    private static void AssertSameConditions(RunState ours, ObservedRun seen)
    {
        var conditions = seen.Status!["conditions"].Deserialize<List<V1Condition>>(Options)!;
        Assert.Equal(
            ours.Status.Conditions!.Select(c =>
                (c.Type, c.Status, c.Reason, c.Message, c.ObservedGeneration, (DateTime?)c.LastTransitionTime.UtcDateTime)
            ),
            conditions.Select(c => (c.Type, c.Status, c.Reason, c.Message, c.ObservedGeneration, (DateTime?)c.LastTransitionTime))
        );
    }

    // The columns as our CRD defines them, filled from what the package decoded, against the table that kubectl prints.
    private static async Task AssertSameColumnsAsync(Scene scene, RunHistory run, ObservedRun listed)
    {
        var crd = await KubernetesYaml.LoadFromFileAsync<V1CustomResourceDefinition>(
            Repository.At("config", "crd", "stromboli.dev_agentruns.yaml")
        );
        var columns = Assert.Single(crd.Spec.Versions).AdditionalPrinterColumns.Where(column => column.Type != "date").ToList();
        var json = ToJson(listed);
        var expected = columns
            .Select(column =>
                column
                    .JsonPath.Split('.', StringSplitOptions.RemoveEmptyEntries)
                    .Aggregate((JsonNode?)json, (node, name) => node?[name])
                    ?.ToString()
            )
            .OfType<string>()
            .ToList();
        var printed = await scene.KubectlAsync("get", "agentrun", run.Name, "-o", "wide", "--no-headers");

        Assert.True(expected.Count > columns.Count / 2, string.Join(", ", expected));
        Assert.Subset(
            printed.Trim().Split("   ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).ToHashSet(),
            expected.ToHashSet()
        );
    }

    private static async Task AssertSameEventsAsync(Scene scene, k8s.Kubernetes client, RunHistory run)
    {
        var ours = await scene.EventsAsync(run);
        var events = await client.EventsV1.ListNamespacedEventAsync(scene.Namespace, cancellationToken: Cancelled);

        Assert.NotEmpty(ours);
        Assert.Equal(
            ours.Select(item => $"{item["type"]} {item["reason"]} {item["note"]}").Order(StringComparer.Ordinal),
            events
                .Items.Where(item => item.Regarding.Uid == run.Uid)
                .Select(item => $"{item.Type} {item.Reason} {item.Note}")
                .Order(StringComparer.Ordinal)
        );
    }

    private static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web);

    private static string VersionOf(RunState state) => state.Json["metadata"]!["resourceVersion"]!.ToString();

    private static JsonNode ToJson(ObservedRun run) => JsonNode.Parse(KubernetesJson.Serialize(run))!;

    private sealed class ObservedRun : IKubernetesObject<V1ObjectMeta>
    {
        [JsonPropertyName("apiVersion")]
        public string ApiVersion { get; set; } = "";

        [JsonPropertyName("kind")]
        public string Kind { get; set; } = "";

        [JsonPropertyName("metadata")]
        public V1ObjectMeta Metadata { get; set; } = new();

        [JsonPropertyName("spec")]
        public JsonObject? Spec { get; set; }

        [JsonPropertyName("status")]
        public JsonObject? Status { get; set; }
    }

    private sealed class ObservedRuns : IKubernetesObject<V1ListMeta>
    {
        [JsonPropertyName("apiVersion")]
        public string ApiVersion { get; set; } = "";

        [JsonPropertyName("kind")]
        public string Kind { get; set; } = "";

        [JsonPropertyName("metadata")]
        public V1ListMeta Metadata { get; set; } = new();

        [JsonPropertyName("items")]
        public IList<ObservedRun> Items { get; set; } = [];
    }
}
