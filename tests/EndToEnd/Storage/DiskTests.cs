using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Storage;

/// <summary>Runs that fill the disk of their node.</summary>
public sealed class DiskTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Workspace_Filled_EndsTheRunAndNoOther()
    {
        var scene = await OnSharedStackAsync();
        var other = await ApplyAsync(
            scene,
            "goes-on",
            "head -c 30000000 /dev/zero > here; until [ -e let-go ]; do sleep 0.1; done; stat -c %s here",
            ""
        );
        await other.RunningAsync();

        var status = await EndAsync(
            scene,
            "fills",
            "head -c 60000000 /dev/zero > /workspace/file; sleep 100",
            "workspace: {emptyDir: {sizeLimit: 20Mi}}"
        );

        Assert.Matches(
            @"^The workspace takes at least [\d.]+Mi of the node's disk in 1 files, and workspace\.emptyDir\.sizeLimit allows 20Mi\.$",
            status.Message
        );
        Assert.Equal((null, null), (status.ExitCode, status.Signal));
        await scene.NodeOf(other).ExecAsync(other.Uid, "/usr/bin/touch", "/workspace/let-go");
        Assert.Equal("30000000\n", (await other.EndAsync()).Status.Result?.Text);
    }

    [Theory]
    [InlineData("HOME", "head -c 60000000 /dev/zero > $HOME/file")]
    [InlineData("many-files", "mkdir d; cd d; perl -e 'open my $f, \">\", $_ for 1..100000'")]
    [InlineData("locked", "mkdir -p a/b; head -c 60000000 /dev/zero > a/b/file; chmod 000 a/b/file a/b a")]
    [InlineData(
        "deep",
        "perl -e 'for (1..1500) { mkdir \"d\"; chdir \"d\" } open my $f, \">\", \"f\"; print $f \"x\" x 60000000'; chmod 000 d"
    )]
    [InlineData("deleted", "exec 3>> file; rm file; head -c 60000000 /dev/zero >&3")]
    // mmap(2) by number, shared and writable. Only the mapping holds the file then.
    [InlineData(
        "mapped",
        "perl -e 'open my $f, \"+>\", \"f\"; print $f \"x\" x 60000000; $f->flush; syscall(`uname -m` =~ /x86/ ? 9 : 222, 0, 60000000, 3, 1, fileno $f, 0); close $f; unlink \"f\"; sleep 100'"
    )]
    public async Task Storage_FilledInAnyPlace_EndsTheRun(string name, string script)
    {
        var scene = await OnSharedStackAsync();

        var status = await EndAsync(
            scene,
            name.ToLowerInvariant(),
            script + "; sleep 100",
            "resources: {limits: {ephemeralStorage: 20Mi}}"
        );

        Assert.Matches(
            @"^The run takes .*Mi of the node's disk in \d+ files \(workspace .*, HOME .*, log .*\), and resources\.limits\.ephemeralStorage allows 20Mi\.$",
            status.Message
        );
    }

    [Fact]
    public async Task Storage_TreeTooDeepToBeMeasured_EndsTheRun()
    {
        var scene = await OnSharedStackAsync();

        var status = await EndAsync(
            scene,
            "too-deep",
            "perl -e 'for (1..5000) { mkdir \"d\"; chdir \"d\" }'; sleep 100",
            "resources: {limits: {ephemeralStorage: 1Gi}}"
        );

        Assert.Equal(
            "The run's directories are nested too deep to be measured, and resources.limits.ephemeralStorage cannot be kept.",
            status.Message
        );
    }

    [Fact]
    public async Task Storage_SparseLinkedAndInMemory_DoesNotCount()
    {
        var scene = await OnSharedStackAsync();

        // Long enough for a regular measurement.
        var run = await ApplyAsync(
            scene,
            "takes-little",
            """
            truncate -s 100G sparse
            ln -s / everything; ln -s /opt cli
            head -c 15000000 /dev/zero > file; for i in $(seq 20); do ln file name-$i; done
            head -c 15000000 /dev/zero > /tmp/file
            sleep 17; echo ok
            """,
            "resources: {limits: {ephemeralStorage: 20Mi}}"
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "ok\n"), (status.Phase, status.Result?.Text));
    }

    [Fact]
    public async Task FileSystemsInMemory_Filled_AreFullAndTheRunGoesOn()
    {
        var scene = await OnSharedStackAsync();
        var other = await ApplyAsync(
            scene,
            "goes-on",
            "until [ -e let-go ]; do sleep 0.1; done; head -c 1000000 /dev/zero > /tmp/file && echo written",
            ""
        );
        await other.RunningAsync();

        var run = await ApplyAsync(
            scene,
            "fills-memory",
            """
            for d in /tmp /var/tmp /dev/shm; do
                head -c 200000000 /dev/zero > $d/file; rm $d/file
                perl -e 'chdir shift; $_++ while open my $f, ">", "f$_"; print "$!\n"; unlink glob "f*"' $d
                echo fine > $d/file && cat $d/file
            done 2>&1
            """,
            "resources: {limits: {memory: 64Mi}}"
        );
        var status = (await run.EndAsync()).Status;

        const string full = "head: error writing 'standard output': No space left on device\nNo space left on device\nfine\n";
        Assert.Equal((RunPhase.Succeeded, full + full + full), (status.Phase, status.Result?.Text));
        await scene.NodeOf(other).ExecAsync(other.Uid, "/usr/bin/touch", "/workspace/let-go");
        Assert.Equal("written\n", (await other.EndAsync()).Status.Result?.Text);
    }

    internal static Task<RunHistory> ApplyAsync(Scene scene, string name, string script, string more) =>
        scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              agent:
                command: [bash, -c, {{JsonValue.Create(script)!.ToJsonString()}}]
              {{more}}
            """
        );

    private static async Task<AgentRunStatus> EndAsync(Scene scene, string name, string script, string more)
    {
        var run = await ApplyAsync(scene, name, script, more);
        var status = (await run.EndAsync()).Status;
        Assert.Equal((RunPhase.Failed, RunReason.StorageLimitExceeded), (status.Phase, status.Reason));
        return status;
    }
}
