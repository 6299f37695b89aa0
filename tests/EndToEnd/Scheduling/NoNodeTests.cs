using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary>A run that no node can take yet says why, and goes on by itself.</summary>
public sealed class NoNodeTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task NoNodeConnected_WaitsAndRunsWhenOneAppears()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Nodes = 0 });
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: first
            spec:
              prompt: "@say done"
            """
        );

        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal((RunPhase.Pending, RunReason.WaitingForNode), (waiting.Phase, waiting.Reason));
        Assert.Contains("Waiting for a node: none has joined yet.", waiting.Status.Message);

        await scene.Stack.AddNodeAsync("node-1", cancellationToken: Cancelled);
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Succeeded, "node-1"), (end.Phase, end.Status.NodeName));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task NoNodeMeasuresDiskUse_RunsWithAStorageLimitWaitForANodeThatMayIgnoreIt()
    {
        var blind = new NodeOptions { AllowUnenforcedLimits = false, ExtraArguments = ["--measurer", "/bin/false"] };
        var scene = await OnPrivateStackAsync(new StackOptions { Node = blind });
        Assert.DoesNotContain(
            "ephemeralStorage",
            await scene.KubectlAsync("get", "agentnode", "node-1", "-o", "jsonpath={.status.enforcedLimits}")
        );
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: limited
            spec:
              prompt: "@say done"
              workspace: {emptyDir: {sizeLimit: 100Mi}}
            """
        );

        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal((RunPhase.Pending, RunReason.LimitsNotEnforceable), (waiting.Phase, waiting.Reason));
        Assert.StartsWith("The bridge of node-1 cannot measure disk use", waiting.Status.Message);
        Assert.Contains("The disk use of runs cannot be measured", scene.Stack.Nodes.Single().Bridge.ReadLog());

        await scene.Stack.AddNodeAsync("node-2", blind with { AllowUnenforcedLimits = true }, Cancelled);
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Succeeded, "node-2"), (end.Phase, end.Status.NodeName));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task NoNodeEnforcesLimits_WaitsForANodeThatMayIgnoreThem()
    {
        var scene = await OnPrivateStackAsync(new StackOptions { Node = new NodeOptions { AllowUnenforcedLimits = false } });
        var limits = await scene.KubectlAsync("get", "agentnode", "node-1", "-o", "jsonpath={.status.enforcedLimits}");
        Assert.SkipWhen(
            limits.Contains("memory", StringComparison.Ordinal),
            "this machine's cgroups let a rootless engine enforce limits: none goes unenforced"
        );
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: limited
            spec:
              prompt: "@say done"
            """
        );

        var waiting = await run.UntilAsync("is observed", state => state.IsObserved);
        Assert.Equal((RunPhase.Pending, RunReason.LimitsNotEnforceable), (waiting.Phase, waiting.Reason));
        Assert.Contains("node-1", waiting.Status.Message);
        Assert.Contains("--allow-unenforced-limits", waiting.Status.Message);

        await scene.Stack.AddNodeAsync("node-2", new NodeOptions { AllowUnenforcedLimits = true }, Cancelled);
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Succeeded, "node-2"), (end.Phase, end.Status.NodeName));
        StateRules.AssertHold(run.States);
    }
}
