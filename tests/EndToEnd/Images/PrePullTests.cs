using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Images;

/// <summary>Images of a real registry that an admin wants on a node.</summary>
public sealed class PrePullTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string NodePath = "/apis/stromboli.dev/v1alpha1/agentnodes/node-1";

    // The first retry comes after ten seconds, the second after twenty more, and a status is written at most once in ten.
    private static readonly TimeSpan Within = Poll.Timeout;

    [Fact]
    public async Task PrePullImages_OneIsMissingAtFirst_PullsAllAndReportsProgress()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var registries = await Registries.OfAsync(scene);
        var node = scene.Inspect("node-1").Node;
        var one = await registries.PushAsync(registries.Open, "team/one:1", "one");
        var two = await registries.PushAsync(registries.Open, "team/two:1", "two");
        var late = $"{registries.Open.Address}/team/late:1";

        await WantAsync(scene, one, late, two);
        var failed = await ConditionAsync(scene, condition => condition?["reason"]?.ToString() == "PullFailed");
        Assert.Equal("False", failed!["status"]!.ToString());
        Assert.Contains("2 of 3 images are present.", failed["message"]!.ToString());
        Assert.Contains($"'{late}'", failed["message"]!.ToString());
        var run = await scene.ApplyRunAsync(ImageRun.Yaml("ahead", one, "Never"));
        Assert.Equal("one", (await run.EndAsync()).Status.Result?.Text);

        await registries.PushAsync(registries.Open, "team/late:1", "late");
        var pulled = await ConditionAsync(scene, condition => condition?["status"]?.ToString() == "True");
        Assert.Equal("3 of 3 images are present.", pulled!["message"]!.ToString());

        // An image that somebody removes comes back, also after a restart of the bridge. An image that is no longer listed stays.
        await node.Bridge.KillAsync();
        await node.Machine.PodmanAsync("rmi", one);
        await node.Bridge.StartAsync();
        await IsThereAsync(node, one);
        await Poll.UntilAsync(
            "it can be removed",
            Within,
            async token => (await node.Machine.RunAsync(["podman", "rmi", two], cancellationToken: token)).Succeeded
        );
        await IsThereAsync(node, two);
        await WantAsync(scene);
        await ConditionAsync(scene, condition => condition is null);
        await IsThereAsync(node, two);
    }

    [Fact]
    public async Task PrePullImages_RegistryRequiresALogin_DoesNotUseTheNodesOwn()
    {
        var scene = await OnPrivateStackAsync(new StackOptions());
        var registries = await Registries.OfAsync(scene);
        var image = await registries.PushAsync(registries.Private, "team/one:1", "one");

        await WantAsync(scene, image);

        var failed = await ConditionAsync(scene, condition => condition?["reason"]?.ToString() == "PullFailed");
        Assert.Contains("requires a login", failed!["message"]!.ToString());
    }

    private static Task WantAsync(Scene scene, params string[] images) =>
        scene.Stack.Http.MergeAsync(
            NodePath,
            new JsonObject
            {
                ["spec"] = new JsonObject { ["prePullImages"] = new JsonArray([.. images.Select(image => JsonValue.Create(image))]) },
            }.ToJsonString()
        );

    private static Task IsThereAsync(StackNode node, string image) =>
        Poll.UntilAsync(
            $"{image} is there",
            Within,
            async token => (await node.Machine.RunAsync(["podman", "image", "exists", image], cancellationToken: token)).Succeeded
        );

    private static async Task<JsonNode?> ConditionAsync(Scene scene, Func<JsonNode?, bool> holds)
    {
        JsonNode? found = null;
        try
        {
            await Poll.UntilAsync(
                "the condition ImagesPulled is as expected",
                Within,
                async token =>
                {
                    var conditions = (await scene.Stack.Http.GetAsync(NodePath, token))!["status"]?["conditions"]?.AsArray() ?? [];
                    found = conditions.FirstOrDefault(condition => condition!["type"]!.ToString() == "ImagesPulled");
                    return holds(found);
                }
            );
            return found;
        }
        catch (TestbedException e)
        {
            throw new TestbedException($"{e.Message} It is {found?.ToJsonString() ?? "absent"}.", e);
        }
    }
}
