using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Credentials;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.HostPaths;

/// <summary>Secrets of the node's Podman as variables: only for the agent, and only where they are allowed.</summary>
public sealed class PodmanSecretTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task SecretsEnv_WhileTheAgentRuns_IsOnlyInItsEnvironment()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(Yaml("registry-token", """[bash, -c, "echo ${#TOKEN}; exec -a waiting tail -f /dev/null"]"""));
        await run.RunningAsync();
        var node = scene.NodeOf(run);
        var secret = (
            await node.Node.Machine.PodmanAsync("secret", "inspect", "--showsecret", "--format", "{{.SecretData}}", "registry-token")
        ).Trim();
        Assert.StartsWith("sesame-", secret);
        using var processes = await node.ProcessesAsync(run.Uid);
        await Poll.UntilAsync(
            "the agent runs",
            Poll.Timeout,
            () => processes.Alive().Values.Any(command => command.StartsWith("waiting", StringComparison.Ordinal))
        );

        // The hunt finds what exists, and the secret is only there.
        Assert.All(await SecretHunt.InContainerAsync(processes, secret), place => Assert.Contains("environment of", place));
        Assert.NotEmpty(await SecretHunt.InContainerAsync(processes, secret));
        Assert.Empty(await SecretHunt.OnNodeAsync(scene, run, secret));
        Assert.Empty(await SecretHunt.InClusterAsync(scene, run, secret));

        await scene.PatchAsync(run, "spec: {cancel: true}");
        await run.EndAsync();
        await node.ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
        Assert.Empty(await SecretHunt.OnNodeAsync(scene, run, secret));
        Assert.Empty(await SecretHunt.InClusterAsync(scene, run, secret));
    }

    [Fact]
    public async Task SecretsEnv_NotAllowedOnTheNode_IsDeniedBeforeAContainerIsMade()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(Yaml("other-token", "[env]"));
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.PolicyDenied), (status.Phase, status.Reason));
        Assert.Contains("--allow-podman-secret other-token", status.Message);
        foreach (var node in scene.Nodes)
        {
            Assert.Equal(0, await node.CreatedAsync(run.Uid));
        }
    }

    [Fact]
    public async Task SecretsEnv_AllowedButMissing_EndsAndTakesNoOtherSecretById()
    {
        var scene = await OnPrivateStackAsync(
            new()
            {
                Node = new()
                {
                    ExtraArguments = ["--allow-podman-secret", "gone"],
                    PodmanSecrets = new Dictionary<string, string> { ["there"] = "sesame" },
                },
            }
        );
        var machine = scene.Nodes.Single().Node.Machine;
        var id = (await machine.PodmanAsync("secret", "inspect", "--format", "{{.ID}}", "there")).Trim();

        var gone = (await (await scene.ApplyRunAsync(Yaml("gone", "[env]"))).EndAsync()).Status;
        var byNumber = (await (await scene.ApplyRunAsync(Yaml(id, "[env]", "number"))).EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.SecretNotFound), (gone.Phase, gone.Reason));
        Assert.Contains("has no Podman secret gone", gone.Message);
        Assert.Equal((RunPhase.Failed, RunReason.PolicyDenied), (byNumber.Phase, byNumber.Reason));
    }

    private static string Yaml(string secret, string command, string name = "secret") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              secretsEnv: [{name: TOKEN, podmanSecret: {{secret}}}]
              agent:
                command: {{command}}
            """;
}
