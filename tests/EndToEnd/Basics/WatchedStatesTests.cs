using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Basics;

/// <summary>What holds in every state that a watcher sees, such as <c>kubectl wait</c>, Flux and Argo CD.</summary>
public sealed class WatchedStatesTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task GoodRun_EveryState_IsConsistentAndEndsReady()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: good
            spec:
              prompt: "@say done"
            """
        );
        var end = await run.EndAsync();

        StateRules.AssertHold(run.States);
        Assert.Equal(
            ("True", null, null),
            (end.Condition(RunConditions.Ready), end.Condition(RunConditions.Reconciling), end.Condition(RunConditions.Stalled))
        );
        // The creation, then accepted and scheduled in one write, started, ended.
        Assert.InRange(run.States.Count - 1, 1, 3);
        Assert.True(await scene.Kubectl.WaitAsync("agentrun", "good", "condition=Ready", Poll.Timeout, scene.Namespace));
    }

    [Fact]
    public async Task BadRun_EveryState_IsConsistentAndEndsStalled()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: bad
            spec:
              prompt: not read
              agent:
                command: ["false"]
            """
        );
        var end = await run.EndAsync();

        StateRules.AssertHold(run.States);
        Assert.Equal(
            ("False", null, "True"),
            (end.Condition(RunConditions.Ready), end.Condition(RunConditions.Reconciling), end.Condition(RunConditions.Stalled))
        );
    }

    [Fact]
    public async Task RunThatWaitedAndWasCancelled_EveryState_IsConsistent()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: waits
            spec:
              prompt: not read
              agent:
                command: [sleep, "3600"]
              model:
                credentialsSecretRef:
                  name: comes-later
            """
        );
        await run.ReasonAsync(RunReason.SecretNotFound);

        await scene.ApplyAsync(
            """
            apiVersion: v1
            kind: Secret
            metadata:
              name: comes-later
              annotations:
                stromboli.dev/use-as: model
            stringData:
              api-key: a-key
            """
        );
        await run.RunningAsync();
        await scene.PatchAsync(run, "spec: {cancel: true}");
        await run.PhaseAsync(RunPhase.Cancelled);

        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task FinishedRun_Edited_IsObservedAndStartsNothing()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: edited
            spec:
              prompt: kept
              agent:
                command: [cat]
            """
        );
        var end = await run.EndAsync();

        await scene.PatchAsync(run, "spec: {ttlAfterFinished: 48h}");
        var edited = await run.UntilAsync("is observed in its second generation", state => state.Status.ObservedGeneration == 2);

        StateRules.AssertHold(run.States);
        Assert.Equal("kept", edited.Status.Result?.Text);
        Assert.Equal(
            end.Status with
            {
                ObservedGeneration = 2,
                Conditions = null,
                Result = null,
                Attempts = null,
                Usage = null,
            },
            edited.Status with
            {
                Conditions = null,
                Result = null,
                Attempts = null,
                Usage = null,
            }
        );
        Assert.Equal(end.Json["status"]!["attempts"]!.ToJsonString(), edited.Json["status"]!["attempts"]!.ToJsonString());
        Assert.Equal(1, await scene.NodeOf(run).CreatedAsync(run.Uid));
    }

    [Fact]
    public async Task FinishedRun_Cancelled_StaysAsItEnded()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: over
            spec:
              prompt: not read
              agent:
                command: ["true"]
            """
        );
        await run.PhaseAsync(RunPhase.Succeeded);

        await scene.PatchAsync(run, "spec: {cancel: true}");
        var edited = await run.UntilAsync("is observed in its second generation", state => state.Status.ObservedGeneration == 2);

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (edited.Phase, edited.Reason));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task RunningRun_Edited_IsObservedAndGoesOn()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: runs-on
            spec:
              prompt: not read
              agent:
                command: [sh, -c, "until [ -e /workspace/go ]; do sleep 0.1; done; echo went on"]
            """
        );
        await run.RunningAsync();

        await scene.PatchAsync(run, "spec: {ttlAfterFinished: 48h}");
        var edited = await run.UntilAsync("is observed in its second generation", state => state.Status.ObservedGeneration == 2);
        Assert.Equal(RunPhase.Running, edited.Phase);
        // It may fail because the container is gone: the agent's command ends as soon as it sees the file.
        await scene.NodeOf(run).ExecAsync(run.Uid, "/bin/touch", "/workspace/go");
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Succeeded, "went on", 1), (end.Phase, end.Status.Result?.Text?.TrimEnd(), end.Status.Attempt));
        StateRules.AssertHold(run.States);
    }
}
