using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.SimulatedNodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary>A thousand runs queue for a node that takes two.</summary>
public sealed class QueueScaleTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const int Waiting = 1000;
    private const int Room = 2;

    // Positions are refreshed at most this often.
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task ThousandWaiting_RequestNothing_AndOneEndWritesFew()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 0 }, alone: true);
        await using var node = await SimulatedNode.GrantAndJoinAsync(
            scene.Stack,
            "sim",
            new() { MaxRuns = Room, RunsFor = null },
            Cancelled
        );
        await WaitingCrowd.CreateAsync(scene, "first", Room);
        await WaitingCrowd.UntilAsync(scene, "run", Room, state => state.Phase == RunPhase.Running);
        await WaitingCrowd.CreateAsync(scene, "run", Waiting);
        await WaitingCrowd.UntilAsync(scene, "are queued", Waiting, state => state.Phase == RunPhase.Queued);
        // The first ten may have come in another order than they were queued. After one refresh they are exact.
        await Task.Delay(2 * Refresh, Cancelled);
        AssertPlaces(scene);

        var idle = await WaitingCrowd.RequestsAsync(scene, () => Task.Delay(3 * Refresh, Cancelled));
        Assert.True(idle.Of("agentruns", "events", "secrets", "configmaps") == 0, $"With nothing to do: {string.Join(", ", idle)}.");

        var states = States(scene);
        var requests = await WaitingCrowd.RequestsAsync(
            scene,
            async () =>
            {
                Assert.True(node.Finish(node.Running[0]));
                await WaitingCrowd.UntilAsync(scene, "are queued", Waiting - 1, state => state.Phase == RunPhase.Queued);
                await Task.Delay(2 * Refresh, Cancelled);
            }
        );

        // The end of one, record and start of the next, and one update of the positions behind it.
        Assert.True(requests.Of("agentruns") <= 3 + 10, $"One end cost {string.Join(", ", requests)}.");
        Assert.Equal(requests.Of("agentruns"), States(scene) - states);
        Assert.InRange(requests.Of("events"), 0, 3);
        // The operator's own credential, in case its copy is old.
        Assert.InRange(requests.Of("secrets", "configmaps"), 0, 1);
        AssertPlaces(scene);
        Assert.Equal(Room, node.Most.Runs);
    }

    // The first ten are exact. The others keep the position that they were queued with.
    private static void AssertPlaces(Scene scene)
    {
        var queued = WaitingCrowd.Now(scene).Where(state => state.Phase == RunPhase.Queued).ToList();
        Assert.All(queued, state => Assert.Equal(RunReason.Queued, state.Reason));
        Assert.Equal(
            Enumerable.Range(1, 10),
            queued.Select(state => state.Status.QueuePosition!.Value).Where(place => place <= 10).Order()
        );
        var first = queued
            .OrderBy(state => state.Run.Metadata.CreationTimestamp)
            .ThenBy(state => state.Run.Metadata.Name, StringComparer.Ordinal)
            .Take(10);
        Assert.Equal(Enumerable.Range(1, 10), first.Select(state => state.Status.QueuePosition!.Value));
        Assert.All(queued, state => Assert.InRange(state.Status.QueuePosition!.Value, 1, Waiting));
    }

    private static int States(Scene scene) => scene.Runs.Sum(run => run.States.Count);
}
