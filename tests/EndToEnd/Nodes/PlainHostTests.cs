using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Git;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Resilience;
using Stromboli.EndToEnd.Sessions;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Setup;

namespace Stromboli.EndToEnd.Nodes;

/// <summary>A plain Debian 12 host with Podman 4.3.1, the oldest supported version, beside a node with Podman 5.</summary>
public sealed class PlainHostTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string OnPlainHost = "nodeName: node-2";

    [Fact]
    public async Task PlainHost_BesideANewerNode_RunsTheSameRuns()
    {
        var scene = await OnPrivateStackAsync(GitCase.Options);
        var plain = await scene.Stack.AddNodeAsync(
            "node-2",
            StackFixture.Sized(new NodeOptions { Root = Artefacts.PlainHostRoot }),
            Cancelled
        );
        Assert.Equal("4.3.1", (await scene.KubectlAsync("get", "agentnode", "node-2", "-o", "jsonpath={.status.podmanVersion}")).Trim());
        var git = new GitCase(scene);
        await git.MakeAsync("project.git", "echo one > file; commit one");
        var session = new SessionCase(scene);
        await session.CreateAsync(OnPlainHost);

        // The CLI with a tool and hooks, a clone, a session's second turn, a cancelled run, and one whose bridge dies under it.
        var claude = await scene.ApplyRunAsync(
            $$$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata: {name: claude}
            spec:
              {{{OnPlainHost}}}
              prompt: |
                @bash cat hook
                @echo-result
              lifecycle: {onCreate: [echo from the hook > hook]}
              agent: {claude: {dangerouslySkipPermissions: true}}
            """
        );
        var clone = await scene.ApplyRunAsync(GitCase.Document("clone", git.UrlOf("project.git"), "cat file", spec: OnPlainHost));
        var first = await session.AskAsync("first", "remember plum\n@say noted");
        var second = await session.AskAsync("second", "and now\n@recall");
        Assert.Equal("from the hook", (await claude.EndAsync()).Status.Result?.Text);
        Assert.Equal("one\n", (await clone.EndAsync()).Status.Result?.Text);
        Assert.Equal(RunPhase.Succeeded, (await first.EndAsync()).Phase);
        Assert.Contains("remember plum", (await second.EndAsync()).Status.Result?.Text, StringComparison.Ordinal);

        var stopped = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, "stopped", "trap '' TERM; while :; do sleep 1; done", "nodeName", "\"node-2\"")
        );
        var adopted = await scene.ApplyRunAsync(
            CountingAgent.Document(scene, "adopted", CountingAgent.UntilLetGo, "nodeName", "\"node-2\"")
        );
        await stopped.RunningAsync();
        await adopted.RunningAsync();
        await scene.PatchAsync(stopped, "spec: {cancel: true}");
        Assert.Equal(RunReason.Cancelled, (await stopped.EndAsync()).Reason);
        await plain.Bridge.KillAsync(Cancelled);
        await plain.Bridge.StartAsync(Cancelled);
        await CountingAgent.LetGoAsync(scene, adopted);
        await adopted.EndAsync();
        CountingAgent.AssertRanOnce(scene, adopted);

        RunHistory[] runs = [claude, clone, stopped, adopted];
        await Leftovers.GoneAfterDeletionAsync(scene, runs);
    }
}
