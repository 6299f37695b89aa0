using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Basics;
using Stromboli.EndToEnd.Credentials;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Options;

/// <summary>Prompts and variables from Secrets and ConfigMaps: they reach only the agent, and the run waits for them.</summary>
public sealed class InputTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // The operator keeps only a part of it in memory and reads it again to dispatch the run.
    [Fact]
    public async Task LargeSpec_ReachesTheAgentWhole()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: large
            spec:
              prompt: "{{new string('p', 60_000)}}"
              agent:
                command: [sh, -c, 'printf %s "$A$B$C" | wc -c; wc -c']
              env:
                - {name: A, value: "{{new string('a', 32_000)}}"}
                - {name: B, value: "{{new string('b', 32_000)}}"}
                - {name: C, value: "{{new string('c', 32_000)}}"}
            """
        );

        var status = (await run.EndAsync()).Status;
        Assert.Equal((RunPhase.Succeeded, "96000\n60000\n"), (status.Phase, status.Result?.Text));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task PromptAndVariables_OfASecret_ReachOnlyTheAgent()
    {
        var scene = await OnSharedStackAsync();
        var (prompt, token) = ($"whispered-prompt-{scene.Namespace}", $"whispered-token-{scene.Namespace}");

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: v1
            kind: Secret
            metadata:
              name: inputs
              annotations:
                stromboli.dev/use-as: env, prompt
            stringData:
              prompt: {{prompt}}
              token: {{token}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: levels
            data:
              log: debug
            ---
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: inputs
            spec:
              promptFrom:
                secretKeyRef: {name: inputs, key: prompt}
              agent:
                command: [sh, -c, 'IFS= read -r said; [ "$said" = "whispered-prompt-$NS" ] && [ "$TOKEN" = "whispered-token-$NS" ] && echo "heard at $LEVEL"; exec tail -f /dev/null']
              env:
                - name: TOKEN
                  valueFrom:
                    secretKeyRef: {name: inputs, key: token}
                - name: LEVEL
                  valueFrom:
                    configMapKeyRef: {name: levels, key: log}
                - name: NS
                  value: {{scene.Namespace}}
            """
        );
        await run.RunningAsync();
        using var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);
        await Poll.UntilAsync(
            "the agent has read its prompt",
            Poll.Timeout,
            () => processes.Alive().Values.Any(command => command.StartsWith("tail -f", StringComparison.Ordinal))
        );

        foreach (var secret in (string[])[prompt, token])
        {
            Assert.Empty(await SecretHunt.OnNodeAsync(scene, run, secret));
            Assert.Empty(await SecretHunt.InClusterAsync(scene, run, secret));
        }
        // The hunt finds what exists.
        Assert.Contains(
            await SecretHunt.InContainerAsync(processes, token),
            place => place.Contains("environment", StringComparison.Ordinal)
        );

        await scene.PatchAsync(run, """{"spec":{"cancel":true}}""");
        Assert.Equal("heard at debug\n", (await run.EndAsync()).Status.Result!.Text);
        Assert.Empty(await SecretHunt.OnNodeAsync(scene, run, token));
        Assert.Empty(await SecretHunt.InClusterAsync(scene, run, token));
    }

    [Fact]
    public async Task MissingObject_IsWaitedForByName()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: patient
            spec:
              promptFrom:
                configMapKeyRef: {name: prompts, key: morning.md}
              env:
                - name: TOKEN
                  valueFrom:
                    secretKeyRef: {name: tokens, key: mine}
              agent:
                command: [sh, -c, 'echo "$TOKEN: $(cat)"']
            """
        );

        Assert.Contains(
            "Waiting for ConfigMap \"prompts\" (spec.promptFrom.configMapKeyRef): not found.",
            (await run.ReasonAsync(RunReason.ConfigMapNotFound)).Status.Message
        );
        await scene.ApplyAsync("kind: ConfigMap\napiVersion: v1\nmetadata: {name: prompts}\ndata: {morning.md: good morning}");
        Assert.Contains(
            "Waiting for Secret \"tokens\" (spec.env[0].valueFrom.secretKeyRef): not found.",
            (await run.ReasonAsync(RunReason.SecretNotFound)).Status.Message
        );
        await scene.ApplyAsync("kind: Secret\napiVersion: v1\nmetadata: {name: tokens}\nstringData: {mine: hush}");
        Assert.Contains("stromboli.dev/use-as: env", (await run.ReasonAsync(RunReason.SecretNotAllowed)).Status.Message);
        await scene.KubectlAsync("annotate", "secret", "tokens", "stromboli.dev/use-as=env");

        var status = (await run.EndAsync()).Status;
        Assert.Equal((RunPhase.Succeeded, "hush: good morning"), (status.Phase, status.Result!.Text!.TrimEnd()));
        StateRules.AssertHold(run.States);
    }

    [Fact]
    public async Task Prompt_OfTheSizeOfAConfigMap_ArrivesCompletely()
    {
        var scene = await OnSharedStackAsync();
        var prompt = string.Concat(Enumerable.Repeat("\"\n\\é<", 1024 * 1024 / 6));
        await scene.Stack.Http.CreateAsync(
            $"/api/v1/namespaces/{scene.Namespace}/configmaps",
            new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "ConfigMap",
                ["metadata"] = new JsonObject { ["name"] = "large" },
                ["data"] = new JsonObject { ["p"] = prompt },
            }.ToJsonString(Relaxed),
            Cancelled
        );

        var run = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: large
            spec:
              promptFrom:
                configMapKeyRef: {name: large, key: p}
              agent:
                command: [sha256sum]
            """
        );

        var digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(prompt)));
        Assert.Equal($"{digest}  -\n", (await run.EndAsync()).Status.Result!.Text);
    }
}
