using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Sessions;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>
/// A program that is mounted over the shim, in an image made for that. It writes the log of an agent that succeeded, claims to be running,
/// then in hooks, then ended, and asks for the model (<c>impersonate</c> in Intruder/intruder.c).
/// </summary>
public sealed class FirstProcessTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Public = "/home/node/public";
    private const string Linked = "localhost/linked:1";
    private const string FileLink = "/a/b/c/d/file";
    private const string FolderLink = "/a/b/c/d/folder";

    [Fact]
    public async Task ProgramMountedOverTheShim_WhateverItClaims_IsDeniedAndNeverAdmitted()
    {
        var scene = await OnPrivateStackAsync(new() { Node = new() { AllowedVolumes = ["/home:rw"] } });
        var node = Assert.Single(scene.Nodes);
        await MakeImagesAsync(node);

        // By a volume: one program that talks, and one that only leaves a log and ends.
        foreach (var program in new[] { "talks", "ends" })
        {
            AssertDenied(await scene.ApplyRunAsync(Document(program, program)), await EndAsync(scene, program));
        }

        // By files of an earlier turn in its session's workspace, after the image's tag has moved.
        var session = new SessionCase(scene);
        await session.CreateAsync($"image: localhost/turn:1, workspace: {{mountPath: {FolderLink}}}");
        var first = await session.ShellAsync("first", "cp /bin/intruder shim && chmod 755 shim");
        Assert.Equal(RunPhase.Succeeded, (await first.EndAsync()).Phase);
        await node.Node.Machine.PodmanAsync("tag", Linked, "localhost/turn:1");
        AssertDenied(await session.ShellAsync("second", "true"), await EndAsync(scene, "second"));

        // Found by a bridge that was started meanwhile, unless the previous bridge was quicker.
        var run = await scene.ApplyRunAsync(Document("found", "talks"));
        await Poll.UntilAsync(
            "it has a container, or has ended",
            TimeSpan.FromSeconds(60),
            async _ => run.States is [.., var last] && (IsOver(last) || (await node.ContainersAsync(run.Uid)).Count > 0)
        );
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        await bridge.KillAsync(Cancelled);
        await bridge.StartAsync(Cancelled);
        AssertDenied(run, await EndAsync(scene, "found"));

        await Poll.UntilAsync(
            "no container is left",
            TimeSpan.FromSeconds(30),
            async _ => (await node.ContainersAsync(run.Uid)).Count == 0
        );
        Assert.Empty(scene.Stack.Model.Requests());
    }

    private static async Task MakeImagesAsync(NodeInspector node)
    {
        await Intruders.EnsureAsync(node);
        var machine = node.Node.Machine;
        await machine.PodmanAsync(
            "run",
            "--name",
            "linked",
            "--network",
            "none",
            "registry.test/busybox:1",
            "sh",
            "-c",
            $"mkdir -p /opt/stromboli /a/b/c/d && ln -s /opt/stromboli/shim {FileLink} && ln -s /opt/stromboli {FolderLink}"
        );
        await machine.PodmanAsync("commit", "linked", Linked);
        await machine.PodmanAsync("tag", Intruders.Image, "localhost/turn:1");
        (
            await machine.RunAsync([
                "sh",
                "-c",
                $"mkdir -p {Public} && cd {Public} && cp ../intruder-image/intruder talks && cp talks ends && printf e >> ends && chmod 755 talks ends",
            ])
        ).OrThrow("Laying programs down");
    }

    private static async Task<RunState> EndAsync(Scene scene, string name) => await scene.Run(name).EndAsync();

    private static void AssertDenied(RunHistory run, RunState end)
    {
        Assert.Equal((RunPhase.Failed, RunReason.PolicyDenied), (end.Phase, end.Reason));
        Assert.StartsWith("The container is not the one that the bridge created: ", end.Status.Message);
        Assert.Null(end.Status.Result?.Text);
        Assert.DoesNotContain(run.States, state => state.Status.Phase == RunPhase.Running);
    }

    private static bool IsOver(RunState state) => state.Phase is RunPhase.Failed or RunPhase.Succeeded or RunPhase.Cancelled;

    private static string Document(string name, string program) =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              image: {{Linked}}
              volumes: [{hostPath: {{Public}}/{{program}}, mountPath: {{FileLink}}}]
              timeout: 120s
              agent:
                command: [sh, -c, "true"]
            """;
}
