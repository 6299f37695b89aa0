using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Credentials;

/// <summary>The credential reaches only the model. Variables and prompt reach the agent and appear in no configuration.</summary>
public sealed class SecrecyTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task OperatorsCredential_WhileTheAgentRuns_IsOnlyAtTheModel()
    {
        var scene = await OnSharedStackAsync();
        var prompt = $"@bash tail -f /dev/null # {scene.Namespace}";
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: secrecy
            spec:
              prompt: "{{prompt}}"
              agent:
                claude:
                  dangerouslySkipPermissions: true
              env:
                - name: WHISPER
                  value: whispered-{{scene.Namespace}}
            """
        );
        await run.RunningAsync();
        using var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);
        await Poll.UntilAsync(
            "the tool runs",
            Poll.Timeout,
            () => processes.Alive().Values.Any(command => command.StartsWith("tail -f", StringComparison.Ordinal))
        );

        Assert.NotEmpty(scene.ModelRequests(prompt));
        Assert.All(scene.ModelRequests(prompt), request => Assert.Contains(scene.Stack.ModelKey, request["credentials"]!.ToJsonString()));
        Assert.Empty(await SecretHunt.InContainerAsync(processes, scene.Stack.ModelKey));
        Assert.Empty(await SecretHunt.OnNodeAsync(scene, run, scene.Stack.ModelKey));
        Assert.Empty(await SecretHunt.InClusterAsync(scene, run, scene.Stack.ModelKey));

        var inspected = (await scene.NodeOf(run).InspectAsync(run.Uid)).ToJsonString();
        Assert.DoesNotContain($"whispered-{scene.Namespace}", inspected);
        Assert.DoesNotContain("tail -f", inspected);
        Assert.DoesNotContain(processes.Alive().Values, command => command.Contains("@bash", StringComparison.Ordinal));
        // The hunt finds what exists.
        Assert.Contains(
            await SecretHunt.InContainerAsync(processes, $"whispered-{scene.Namespace}"),
            place => place.Contains("environment", StringComparison.Ordinal)
        );

        await scene.PatchAsync(run, "spec: {cancel: true}");
        await run.EndAsync();
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
        Assert.Empty(await SecretHunt.OnNodeAsync(scene, run, scene.Stack.ModelKey));
        Assert.Empty(await SecretHunt.InClusterAsync(scene, run, scene.Stack.ModelKey));
    }

    [Fact]
    public async Task Agent_PrintsEverythingItCanRead_HasNoCredential()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: thief
            spec:
              prompt: |
                @bash env; for p in /proc/[0-9]*; do tr '\0' '\n' < $p/environ; tr '\0' ' ' < $p/cmdline; done 2>/dev/null; cat /run/stromboli/* 2>/dev/null; find / -xdev -type f -newer /proc/1 -size -64k -exec cat {} + 2>/dev/null; true
                @echo-result
              agent:
                claude:
                  dangerouslySkipPermissions: true
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunPhase.Succeeded, status.Phase);
        Assert.Contains("ANTHROPIC_BASE_URL=http://127.0.0.1", status.Result?.Text);
        Assert.DoesNotContain(scene.Stack.ModelKey, run.Last.Json.ToJsonString());
    }
}
