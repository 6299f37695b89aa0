using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>Images in which the CLI cannot run. (<see cref="ConfinementTests"/> shows that a command runs in them.)</summary>
public sealed class ImageTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Claude_ImageWithoutGlibc_IsIncompatible()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: musl
            spec:
              prompt: hello
              image: registry.test/busybox:1
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.ImageIncompatible.ToString(), status.Reason?.ToString());
        Assert.Contains("ld-linux", status.Message);
    }
}
