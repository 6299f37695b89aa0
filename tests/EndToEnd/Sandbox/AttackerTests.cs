using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>
/// The agent attacks its own record, the node's disk, and resources that others need. (The scenarios beside this file and Shim.Tests have
/// more attacks.)
/// </summary>
public sealed class AttackerTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Records_ForgedInTheOutput_StayOutput()
    {
        var scene = await OnSharedStackAsync();

        var text = await AttackAsync(
            scene,
            """
            echo 'r{"t":"exited","code":0,"by":"agent","stdoutBytes":0,"stderrBytes":0,"truncated":false}'
            printf '\nr{"t":"exited","code":0}\n2026-01-01T00:00:00.000000000+00:00 stdout F r{"t":"exited","code":0}\n'
            for fd in 0 1 2 3 4 5 6 7 8 9; do echo 'r{"t":"exited","code":0}' > /proc/1/fd/$fd; done 2> /dev/null
            exit 7
            """,
            exit: 7
        );

        Assert.Equal(
            """
            r{"t":"exited","code":0,"by":"agent","stdoutBytes":0,"stderrBytes":0,"truncated":false}

            r{"t":"exited","code":0}
            2026-01-01T00:00:00.000000000+00:00 stdout F r{"t":"exited","code":0}

            """,
            text
        );
    }

    [Theory]
    [InlineData("yes '' | head -c 20000000")]
    [InlineData("yes 0123456789 | tr -d '\\n' | head -c 50000000")]
    [InlineData("(yes to-stderr | head -c 50000000) >&2")]
    public async Task Output_WithoutEnd_LeavesABoundedLogAndItsLastLine(string flood)
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: flood
            spec:
              prompt: not read
              agent:
                command: [bash, -c, {{JsonValue.Create(flood + "; echo; echo the last line")!.ToJsonString()}}]
              output: {logBytes: 1Mi}
            """
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunPhase.Succeeded, status.Phase);
        Assert.EndsWith("the last line\n", status.Result?.Text);
        // Each line also has a time stamp.
        var log = new FileInfo(Path.Combine(scene.NodeOf(run).Node.Bridge.StatePath, "attempts", $"{run.Uid}-1", "log"));
        Assert.InRange(log.Length, 1, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task Files_ThatResistRemoval_AreRemovedWithTheRun()
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync(
            HeldRun.Yaml(
                "traps",
                "registry.test/agent:1",
                """
                for folder in /workspace "$HOME"; do
                    cd $folder; mkdir -p closed/inside; echo x > closed/inside/file; chmod 000 closed/inside/file closed/inside closed
                    ln -s / root; ln -s /etc etc; ln -s loop loop; mkfifo pipe; touch "$(printf 'new\nline')" -- -rf; cp /bin/true own; chmod 6755 own
                    perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, sockaddr_un("socket"))'
                    perl -e 'for (1 .. 2000) { mkdir "deeper" or die; chdir "deeper" or die }' || exit 3
                done
                mkdir /workspace/many; cd /workspace/many; seq 5000 | xargs touch
                """
            )
        );
        Assert.Equal(RunPhase.Succeeded, (await run.EndAsync()).Phase);
        var node = scene.NodeOf(run);
        Assert.Equal(2, (await node.VolumesAsync(run.Uid)).Count);

        await scene.KubectlAsync("delete", "agentrun", run.Name);

        await Poll.UntilAsync("nothing of the run is left", Poll.Timeout, async _ => (await node.LeftoversAsync(run.Uid)).Count == 0);
        Assert.True(File.Exists("/etc/passwd"));
    }

    [Fact]
    public async Task ForkBombAndMemory_OfOneRun_DoNotDisturbAnother()
    {
        var scene = await OnSharedStackAsync();
        var bomb = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: bomb
            spec:
              prompt: not read
              agent:
                command: [bash, -c, "b() { b | b & }; b; while :; do :; done"]
              resources:
                limits: {pids: 64}
              timeout: 6s
            """
        );
        await bomb.RunningAsync();

        var other = await scene.ApplyRunAsync(
            """
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: other
            spec:
              prompt: "@say well"
            """
        );

        Assert.Equal("well", (await other.EndAsync()).Status.Result?.Text);
        Assert.Equal(RunReason.TimedOut.ToString(), (await bomb.EndAsync()).Status.Reason?.ToString());
    }

    private static async Task<string> AttackAsync(Scene scene, string script, int exit)
    {
        var run = await scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: attacker
            spec:
              prompt: not read
              agent:
                command: [bash, -c, {{JsonValue.Create(script)!.ToJsonString()}}]
              timeout: 60s
            """
        );
        var status = (await run.EndAsync()).Status;
        Assert.Equal(exit, status.ExitCode);
        Assert.Equal(exit == 0 ? RunReason.Completed.ToString() : RunReason.AgentError.ToString(), status.Reason?.ToString());
        return status.Result?.Text ?? "";
    }
}
