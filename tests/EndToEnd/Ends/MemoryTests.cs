using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Ends;

/// <summary>The kernel's kills for memory, and kills that only look like them.</summary>
public sealed class MemoryTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // Doubles a string until memory runs out.
    private const string Hog = "x=xxxxxxxxxxxxxxxx; while :; do x=$x$x; done";

    [Fact]
    public async Task OutOfMemory_KernelKills_IsNamed()
    {
        var scene = await OnSharedStackAsync();
        var enforced = await scene.KubectlAsync("get", "agentnode", "node-1", "-o", "jsonpath={.status.enforcedLimits}");
        Assert.SkipUnless(
            enforced.Contains("memory", StringComparison.Ordinal),
            "this machine's cgroups let a rootless engine enforce no memory limit"
        );

        var run = await scene.ApplyRunAsync(Document("hog", Hog));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.OutOfMemory, "SIGKILL"), (status.Phase, status.Reason, status.Signal));
        Assert.Contains("resources.limits.memory", status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task KillOfItsOwn_IsNotTakenForOutOfMemory()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            Document("pretends", "echo 'Out of memory: Killed process 1 (bash)' | tee /dev/stderr; kill -9 $$")
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.Crashed, "SIGKILL"), (status.Phase, status.Reason, status.Signal));
    }

    private static string Document(string name, string script) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              agent:
                command: [bash, -c, "{{script}}"]
              resources:
                limits: {memory: 64Mi}
            """;
}
