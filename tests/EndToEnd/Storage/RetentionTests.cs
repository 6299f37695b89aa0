using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Storage;

/// <summary>What stays on the node after a run, and for how long.</summary>
public sealed class RetentionTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly TimeSpan Soon = Poll.Timeout;

    [Fact]
    public async Task Ttl_ShortenedAfterTheEnd_FreesWorkspaceAndLogButKeepsTheObject()
    {
        var scene = await OnSharedStackAsync();
        var run = await DiskTests.ApplyAsync(
            scene,
            "is-kept",
            "seq 100000; echo kept > /workspace/file",
            "ttlAfterFinished: 1h\n  output: {statusBytes: 100}"
        );
        var end = await run.EndAsync();
        var node = scene.NodeOf(run);
        await node.ContainerIsRemovedAsync(run.Uid, Soon);

        // Everything that it wrote is on the node, whatever the status has.
        Assert.Equal(
            string.Concat(Enumerable.Range(1, 100_000).Select(number => $"{number}\n")),
            string.Concat(KeptLog.Lines(KeptLog.Of(node, run)).Select(KeptLog.Stdout))
        );
        Assert.Equal(2, (await node.VolumesAsync(run.Uid)).Count);
        await scene.PatchAsync(run, "spec: {ttlAfterFinished: 2h}");
        await run.UntilAsync("has seen the longer time", state => state.Status.ObservedGeneration == 2);
        Assert.Equal(2, (await node.VolumesAsync(run.Uid)).Count);

        await scene.PatchAsync(run, "spec: {ttlAfterFinished: 0s}");
        await Poll.UntilAsync(
            "nothing of the run is on its node",
            Soon,
            async _ => (await node.LeftoversAsync(run.Uid)).Count == 0,
            Cancelled
        );

        await run.UntilAsync("has seen the shorter time", state => state.Status.ObservedGeneration == 3);
        Assert.Equal(RunPhase.Succeeded, run.Last.Phase);
        Assert.Equal(end.Status.Result, run.Last.Status.Result);
        Assert.Equal(1, await node.CreatedAsync(run.Uid));
        Assert.False(run.Last.IsDeletion);
    }
}
