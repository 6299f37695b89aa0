using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.EndToEnd.Sessions;

namespace Stromboli.EndToEnd.Lifecycle;

/// <summary>Objects that are being deleted and that a foreign finalizer keeps.</summary>
public sealed class HeldDeletionTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Run_IsStoppedAndItsSessionGoesOn()
    {
        var scene = await OnSharedStackAsync();
        var session = new SessionCase(scene);
        await session.CreateAsync();
        var held = await session.ShellAsync("held", "while :; do echo x >> beat; sleep 0.2; done");
        await scene.KubectlAsync(
            "patch",
            "agentrun",
            held.Name,
            "--type=merge",
            "-p",
            """{"metadata": {"finalizers": ["example.com/audit"]}}"""
        );
        await held.RunningAsync();
        using var processes = await scene.NodeOf(held).ProcessesAsync(held.Uid);
        var next = await session.ShellAsync("next", "echo after");

        await scene.KubectlAsync("delete", "agentrun", held.Name, "--wait=false");
        var end = await held.EndAsync();
        await processes.GoneAsync(TimeSpan.FromSeconds(60));
        var after = (await next.EndAsync()).Status;

        Assert.Equal((RunPhase.Cancelled, RunReason.Cancelled, 1), (end.Phase, end.Reason, end.Status.Attempt));
        Assert.Equal((RunReason.Completed, "after\n"), (after.Reason, after.Result!.Text));
        await scene.NodeOf(held).ContainerIsRemovedAsync(held.Uid, TimeSpan.FromSeconds(60));
        Assert.Equal($"agentrun.stromboli.dev/{held.Name}", (await scene.KubectlAsync("get", "agentrun", held.Name, "-o", "name")).Trim());
        await scene.KubectlAsync("patch", "agentrun", held.Name, "--type=merge", "-p", """{"metadata": {"finalizers": null}}""");
    }
}
