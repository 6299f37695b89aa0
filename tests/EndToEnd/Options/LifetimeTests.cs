using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Options;

/// <summary>Where an agent starts, and when a finished run goes.</summary>
public sealed class LifetimeTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Theory]
    [InlineData("/workspace/a/b", "")]
    [InlineData("/workspace//deep/./er/", "refused")]
    [InlineData("/tmp/elsewhere", "")]
    [InlineData("/etc", "")]
    [InlineData("/not-writable/here", "Read-only file system")]
    public async Task Workdir_IsMadeWherePossible(string workdir, string refused)
    {
        var scene = await OnSharedStackAsync();
        var yaml = $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: workdir
            spec:
              prompt: hi
              workdir: {{workdir}}
              agent:
                command: [pwd]
            """;
        if (refused == "refused")
        {
            Assert.Contains("spec.workdir must be an absolute path", (await scene.TryApplyAsync(yaml)).Error);
            return;
        }

        var status = (await (await scene.ApplyRunAsync(yaml)).EndAsync()).Status;

        if (refused.Length == 0)
        {
            Assert.Equal((RunPhase.Succeeded, workdir), (status.Phase, status.Result!.Text!.TrimEnd()));
        }
        else
        {
            Assert.Equal((RunPhase.Failed, RunReason.AgentError), (status.Phase, status.Reason));
            Assert.Equal($"The working directory '{workdir}' cannot be used: {refused}.", status.Message);
        }
    }

    [Fact]
    public async Task DeleteAfterFinished_DeletesTheObjectAndLeavesNothing()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: fleeting
            spec:
              prompt: "@say done"
              deleteAfterFinished: 2s
            """
        );
        var end = await run.EndAsync();

        var gone = await run.DeletedAsync();

        Assert.True(
            gone.SeenAt - end.Status.CompletionTime!.Value >= TimeSpan.FromSeconds(1.9),
            $"deleted at {gone.SeenAt:O}, ended at {end.Status.CompletionTime:O}"
        );
        await Poll.UntilAsync(
            "nothing of it is on the node",
            Poll.Timeout,
            async _ => (await scene.Inspect(end.Status.NodeName!).LeftoversAsync(run.Uid)).Count == 0
        );
    }

    [Fact]
    public async Task DeleteAfterFinished_AddedToAFinishedRun_DeletesItAndStartsNothing()
    {
        var scene = await OnSharedStackAsync();
        var prompt = scene.Unique("@say once");
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: kept
            spec:
              prompt: "{{prompt.Replace("\n", @"\n", StringComparison.Ordinal)}}"
            """
        );
        await run.EndAsync();
        var requests = scene.ModelRequests(prompt).Count;

        await scene.PatchAsync(run, """{"spec":{"deleteAfterFinished":"0s"}}""");
        await run.DeletedAsync();

        Assert.Equal(requests, scene.ModelRequests(prompt).Count);
        Assert.All(run.States, state => Assert.True(state.Status.Attempt is null or 1));
    }
}
