using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Git;

/// <summary>Interruptions in the middle of a clone.</summary>
public sealed class CloneBreakTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Cancel_MidClone_LeavesNothing()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        var name = $"gated/{scene.Namespace}/project.git";
        await own.MakeAsync(name, "echo one > file; commit one");
        var run = await scene.ApplyRunAsync(GitCase.Document("cancelled", own.UrlOf(name), "true"));
        await own.IsFetchingAsync(name);
        var cloner = await own.ClonerOfAsync(run);
        using var processes = new ContainerProcesses(cloner!["Id"]!.ToString(), cloner["Pid"]!.GetValue<int>());

        await scene.PatchAsync(run, "spec: {cancel: true}");
        var end = await run.EndAsync();

        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled), (end.Phase, end.Reason));
        await processes.GoneAsync(Poll.Timeout);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
        await scene.KubectlAsync("delete", "agentrun", run.Name);
        await Poll.UntilAsync("nothing is left", Poll.Timeout, async _ => (await scene.NodeOf(run).LeftoversAsync(run.Uid)).Count == 0);
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("stopped")]
    public async Task Bridge_GoneMidClone_NextBridgeStartsTheCloneAgain(string how)
    {
        var scene = await OnPrivateStackAsync(GitCase.Options);
        var own = new GitCase(scene);
        var name = $"gated/{scene.Namespace}/project.git";
        await own.MakeAsync(name, "echo one > file; commit one");
        var bridge = Assert.Single(scene.Stack.Nodes).Bridge;
        var run = await scene.ApplyRunAsync(
            GitCase.Document("goes-on", own.UrlOf(name), "cat file; git status --porcelain; git log --format=%s; ls -A")
        );
        await own.IsFetchingAsync(name);
        var node = scene.NodeOf(run);
        var before = own.RequestsFor(name).Count;
        var agent = (await node.ContainersAsync(run.Uid)).Single(container =>
            !container["Names"]![0]!.ToString().EndsWith("-clone", StringComparison.Ordinal)
        )["Id"]!.ToString();
        // What an interrupted clone may leave, and more.
        var workspace = (await node.VolumesAsync(run.Uid)).Single(volume => volume.EndsWith("-workspace", StringComparison.Ordinal));
        await node.Node.Machine.PodmanAsync(
            "unshare",
            "sh",
            "-c",
            $"cd $(podman volume inspect --format '{{{{.Mountpoint}}}}' {workspace}) && test -d .git && touch left .hidden ..other && mkdir -p .git/refs/heads && touch .git/index.lock"
        );

        if (how == "killed")
        {
            await bridge.KillAsync(Cancelled);
        }
        else
        {
            await bridge.StopAsync(Cancelled);
        }

        await bridge.StartAsync(Cancelled);
        await own.IsFetchingAsync(name, before);
        own.Server.OpenGate(scene.Namespace);
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, 1), (status.Phase, status.Attempts!.Count));
        Assert.Equal("one\none\n.git\nfile", status.Result!.Text!.TrimEnd());
        // The agent's own container has waited meanwhile.
        Assert.Equal(3, await node.CreatedAsync(run.Uid));
        Assert.NotEmpty(agent);
        await node.ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }

    [Fact]
    public async Task Cloner_KilledOnItsNode_IsGitCloneFailed()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        var name = $"gated/{scene.Namespace}/project.git";
        await own.MakeAsync(name, "echo one > file; commit one");
        var run = await scene.ApplyRunAsync(GitCase.Document("loses", own.UrlOf(name), "true"));
        await own.IsFetchingAsync(name);

        await scene.NodeOf(run).Node.Machine.PodmanAsync("kill", (await own.ClonerOfAsync(run))!["Id"]!.ToString());
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.GitCloneFailed, status.Reason);
        Assert.Equal(
            $"Cloning {own.UrlOf(name)} failed: the clone's container ended, and left no record of how git ended.",
            status.Message
        );
    }

    [Fact]
    public async Task Agent_KilledMidClone_EndsTheClone()
    {
        var scene = await OnSharedStackAsync();
        var own = new GitCase(scene);
        var name = $"gated/{scene.Namespace}/project.git";
        await own.MakeAsync(name, "echo one > file; commit one");
        var run = await scene.ApplyRunAsync(GitCase.Document("dies", own.UrlOf(name), "true"));
        await own.IsFetchingAsync(name);
        var cloner = (await own.ClonerOfAsync(run))!["Id"]!.ToString();

        var agent = (await scene.NodeOf(run).ContainersAsync(run.Uid)).Single(container => container["Id"]!.ToString() != cloner);
        await scene.NodeOf(run).Node.Machine.PodmanAsync("kill", agent["Id"]!.ToString());
        // The agent had not started, so the end of its container is the node's fault, and the run is tried again.
        await run.UntilAsync("is taken back from its node", state => state.Status.Attempts?[0].Reason == RunReason.NodeUnfit);

        await scene.Stack.Http.DeleteAsync($"{scene.RunsPath}/{run.Name}", Cancelled);
        await scene.NodeOf(run).ContainerIsRemovedAsync(run.Uid, Poll.Timeout);
    }
}
