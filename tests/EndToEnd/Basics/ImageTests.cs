using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Basics;

/// <summary>Where the image comes from. There is no registry, so only images of the node can run.</summary>
public sealed class ImageTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Theory]
    [InlineData("Never", "registry.test/no-such-image:1")]
    [InlineData("IfNotPresent", "registry.test/no-such-image:1")]
    [InlineData("Always", "registry.test/busybox:1")]
    public async Task Image_Unavailable_FailsAndIsNamed(string policy, string image)
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: image
            spec:
              prompt: not read
              agent:
                command: ["true"]
              image: {{image}}
              imagePullPolicy: {{policy}}
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.ImagePullFailed), (status.Phase, status.Reason));
        Assert.Contains(image, status.Message);
        Assert.Equal(0, await scene.NodeOf(run).CreatedAsync(run.Uid));
    }

    [Theory]
    [InlineData("Never")]
    [InlineData("IfNotPresent")]
    public async Task Image_IsOnTheNode_IsUsed(string policy)
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: image
            spec:
              prompt: not read
              agent:
                command: [busybox, echo, of busybox]
              image: registry.test/busybox:1
              imagePullPolicy: {{policy}}
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunPhase.Succeeded, status.Phase);
        Assert.Equal("of busybox", status.Result?.Text?.TrimEnd());
    }
}
