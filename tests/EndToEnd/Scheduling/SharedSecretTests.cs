using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.SimulatedNodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary>A thousand runs wait for one Secret, which the operator must not watch.</summary>
public sealed class SharedSecretTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const int Waiting = 1000;
    private const string Spec = """ "agent": {"command": ["true"]}, "model": {"credentialsSecretRef": {"name": "late"}} """;

    [Fact]
    public async Task ThousandWaitForOneSecret_OneReadForAll_AndAllRunWhenItComes()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 0 }, alone: true);
        await using var node = await SimulatedNode.GrantAndJoinAsync(scene.Stack, "sim", new() { MaxRuns = 50 }, Cancelled);
        var coming = await WaitingCrowd.RequestsAsync(
            scene,
            async () =>
            {
                await WaitingCrowd.CreateAsync(scene, "run", Waiting, Spec);
                await WaitingCrowd.UntilAsync(scene, "wait", Waiting, state => state.Reason == RunReason.SecretNotFound);
            }
        );
        // A few reads while they were created, and one status for each.
        Assert.True(coming.Of("secrets") < Waiting / 4, $"While they came: {string.Join(", ", coming)}.");
        Assert.True(coming.Of("agentruns") <= 2 * Waiting, $"While they came: {string.Join(", ", coming)}.");

        // The wait between two reads is half of the time waited so far, from five seconds to a minute.
        var idle = await WaitingCrowd.RequestsAsync(scene, () => Task.Delay(TimeSpan.FromSeconds(30), Cancelled));
        Assert.True(idle.Of("secrets", "configmaps") <= 7, $"While they wait: {string.Join(", ", idle)}.");
        Assert.True(idle.Of("agentruns", "events") == 0, $"While they wait: {string.Join(", ", idle)}.");

        var going = await WaitingCrowd.RequestsAsync(
            scene,
            async () =>
            {
                await scene.ApplyAsync(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata:
                      name: late
                      annotations: {stromboli.dev/use-as: model}
                    stringData: {api-key: sk-late}
                    """
                );
                await WaitingCrowd.UntilAsync(scene, "end well", Waiting, state => state.Phase == RunPhase.Succeeded);
            }
        );
        // Each reads it when it is queued and when it is placed. Simultaneous reads are shared.
        Assert.True(going.Of("secrets") < 2 * Waiting, $"When it came: {string.Join(", ", going)}.");
        Assert.InRange(node.Most.Runs, 1, 50);
    }
}
