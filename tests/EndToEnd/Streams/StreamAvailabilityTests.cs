using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Streams;

/// <summary>
/// An aggregated API that does not answer blocks the deletion of every namespace in the cluster. The Lease is so long that a standby stays
/// one throughout the case.
/// </summary>
public sealed class StreamAvailabilityTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string ApiService = "/apis/apiregistration.k8s.io/v1/apiservices/v1alpha1.streams.stromboli.dev";

    [Fact]
    public async Task Namespaces_LeaderDeadOperatorStoppedOrUninstalled_CanBeDeleted()
    {
        var scene = await OnPrivateStackAsync(
            new StackOptions
            {
                Nodes = 0,
                Operator = new()
                {
                    LeaseDuration = "600s",
                    LeaseRenewDeadline = "500s",
                    LeaseRetryPeriod = "1s",
                },
            }
        );
        var streams = new StreamCase(scene);
        await streams.AvailableAsync();
        var standby = await scene.Stack.AddOperatorAsync("operator-2", Cancelled);
        await using var node = await streams.JoinAsync();
        var run = await streams.RunAsync("work");
        await run.RunningAsync();

        // A standby answers for itself, and passes readers on to the leader.
        await StreamsRegistration.ApplyAsync(scene.Stack.Http, standby.StreamsPort, Cancelled);
        await Poll.UntilAsync(
            "the API server sends readers to the standby",
            Poll.Timeout,
            async token =>
                (await scene.Stack.Http.GetAsync(ApiService, token))!["spec"]!["service"]!["port"]!.GetValue<int>() == standby.StreamsPort,
            Cancelled
        );
        await streams.AvailableAsync();
        var printed = await streams.ServeAsync(
            streams.Path("work", "log"),
            asked => node.Streams.SendAsync(asked.ID, "through the standby\n", cancellationToken: Cancelled)
        );
        Assert.Equal("through the standby\n", printed.Output);
        node.Finish(run.Uid);
        await run.EndAsync();
        await scene.KubectlAsync("delete", "agentrun", "work");

        await scene.Stack.Operator.KillAsync(Cancelled);
        await streams.AvailableAsync();
        await DeleteAsync(scene, "leader-dead");
        Assert.DoesNotContain("This operator leads", standby.ReadLog(), StringComparison.Ordinal);

        // Without any operator a deletion waits, and goes on when there is one.
        await standby.StopAsync(Cancelled);
        await CreateAsync(scene, "operator-stopped");
        await Poll.UntilAsync(
            "the API server misses the operator",
            Poll.Timeout,
            async token => await AvailableAsync(scene, token) == "False",
            Cancelled
        );
        await scene.Stack.Http.DeleteAsync("/api/v1/namespaces/operator-stopped", Cancelled);
        await Poll.UntilAsync("the deletion waits", Poll.Timeout, token => WaitsAsync(scene, "operator-stopped", token), Cancelled);
        await standby.StartAsync(Cancelled);
        await GoneAsync(scene, "operator-stopped");

        // An uninstalled operator is not missed.
        await standby.StopAsync(Cancelled);
        await StreamsRegistration.RemoveAsync(scene.Stack.Http, Cancelled);
        await DeleteAsync(scene, "uninstalled");
    }

    private static Task CreateAsync(Scene scene, string name) =>
        scene.Kubectl.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Namespace
            metadata: {name: {{name}}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: content, namespace: {{name}}}
            """,
            Cancelled
        );

    private static async Task DeleteAsync(Scene scene, string name)
    {
        await CreateAsync(scene, name);
        await scene.Stack.Http.DeleteAsync($"/api/v1/namespaces/{name}", Cancelled);
        await GoneAsync(scene, name);
    }

    private static Task GoneAsync(Scene scene, string name) =>
        Poll.UntilAsync(
            $"the namespace {name} is gone",
            2 * Poll.Timeout,
            async token => await scene.Stack.Http.GetAsync($"/api/v1/namespaces/{name}", token) is null,
            Cancelled
        );

    private static async Task<bool> WaitsAsync(Scene scene, string name, CancellationToken cancellationToken) =>
        Conditions(await scene.Stack.Http.GetAsync($"/api/v1/namespaces/{name}", cancellationToken))
            .Any(condition =>
                condition["type"]!.ToString() == "NamespaceDeletionDiscoveryFailure" && condition["status"]!.ToString() == "True"
            );

    private static async Task<string?> AvailableAsync(Scene scene, CancellationToken cancellationToken) =>
        Conditions(await scene.Stack.Http.GetAsync(ApiService, cancellationToken))
            .FirstOrDefault(condition => condition["type"]!.ToString() == "Available")
            ?["status"]?.ToString();

    private static IEnumerable<JsonNode> Conditions(JsonNode? target) => target!["status"]?["conditions"]?.AsArray().Select(c => c!) ?? [];
}
