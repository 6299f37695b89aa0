using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Storage;

/// <summary>
/// A node whose disk fills up while runs have no limit of their own. Its volumes are on a small file system.
/// </summary>
public sealed class FullDiskTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string UntilLetGo = "until [ -e let-go ]; do sleep 0.1; done";

    [Fact]
    public async Task Disk_FullOfBytes_RemovesWorkspacesOfFinishedRunsThenEndsTheLargestRun()
    {
        var scene = await OnSmallDiskAsync(megabytes: 400, inodes: 100_000, "--min-free-space", "128Mi", "--min-free-inodes", "1000");
        var over = await DiskTests.ApplyAsync(scene, "is-over", "head -c 60000000 /dev/zero > file", "");
        await over.EndAsync();
        await scene.NodeOf(over).ContainerIsRemovedAsync(over.Uid, Poll.Timeout);
        var small = await DiskTests.ApplyAsync(
            scene,
            "goes-on",
            "head -c 10000000 /dev/zero > here; " + UntilLetGo + "; stat -c %s here",
            ""
        );
        await small.RunningAsync();
        Assert.Equal(2, (await scene.NodeOf(over).VolumesAsync(over.Uid)).Count);

        var large = await DiskTests.ApplyAsync(
            scene,
            "fills",
            "for i in $(seq 1000); do head -c 5000000 /dev/zero >> file; sleep 0.05; done",
            ""
        );
        await Poll.UntilAsync(
            "the workspace of the run that is over is removed",
            Poll.Timeout,
            async _ => (await scene.NodeOf(over).VolumesAsync(over.Uid)).Count == 0,
            Cancelled
        );
        Assert.False(large.Last.IsFinished);
        var status = (await large.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.StorageLimitExceeded), (status.Phase, status.Reason));
        Assert.Matches(
            @"^The node's disk has [\d.]+Mi left, less than the 128Mi that are kept free \(--min-free-space of its bridge\)\. Of all namespaces \S+ takes most of it, and of its runs this one: "
                + @"[\d.]+Mi in 1 files \(workspace [\d.]+Mi, HOME 0, log \w+\), and its image\. Set resources\.limits\.ephemeralStorage\.$",
            status.Message
        );
        await Poll.UntilAsync(
            "the workspace of the run that filled the disk is removed",
            Poll.Timeout,
            async _ => (await scene.NodeOf(large).VolumesAsync(large.Uid)).Count == 0,
            Cancelled
        );
        // The logs and the other runs stay.
        Assert.NotEmpty(await scene.NodeOf(over).LeftoversAsync(over.Uid));
        await scene.NodeOf(small).ExecAsync(small.Uid, "/usr/bin/touch", "/workspace/let-go");
        Assert.Equal("10000000\n", (await small.EndAsync()).Status.Result?.Text);
    }

    [Fact]
    public async Task Disk_FullOfFiles_EndsTheRunThatHasMost()
    {
        var scene = await OnSmallDiskAsync(megabytes: 400, inodes: 60_000, "--min-free-space", "16Mi", "--min-free-inodes", "30000");
        var large = await DiskTests.ApplyAsync(
            scene,
            "has-bytes",
            "head -c 100000000 /dev/zero > here; " + UntilLetGo + "; stat -c %s here",
            ""
        );
        await large.RunningAsync();

        var many = await DiskTests.ApplyAsync(
            scene,
            "has-files",
            "perl -e 'for (1..100000) { open my $f, \">\", $_; select undef, undef, undef, 0.001 if $_ % 10 == 0 }'; sleep 100",
            ""
        );
        var status = (await many.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.StorageLimitExceeded), (status.Phase, status.Reason));
        Assert.Matches(
            @"^The node's disk has \d+ inodes left, fewer than the 30000 that are kept free \(--min-free-inodes of its bridge\)\. .* \d+ files\. Set resources",
            status.Message
        );
        await scene.NodeOf(large).ExecAsync(large.Uid, "/usr/bin/touch", "/workspace/let-go");
        Assert.Equal("100000000\n", (await large.EndAsync()).Status.Result?.Text);
    }

    [Fact]
    public async Task Disk_ShortOfSpaceWithoutAnyRun_TakesNoneUntilThereIsRoom()
    {
        const string ballast = "/home/node/.local/share/containers/storage/volumes/ballast";
        var scene = await OnSmallDiskAsync(megabytes: 400, inodes: 100_000, "--min-free-space", "128Mi", "--min-free-inodes", "1000");
        var machine = scene.Stack.Nodes.Single().Machine;
        Assert.Contains(
            "ephemeralStorage",
            await scene.KubectlAsync("get", "agentnode", "node-1", "-o", "jsonpath={.status.enforcedLimits}")
        );
        (await machine.RunAsync(["fallocate", "-l", "300000000", ballast])).OrThrow("fallocate");
        await Poll.UntilAsync(
            "the node tells that its disk is short",
            Poll.Timeout,
            async _ => await PressureAsync(scene) == "True",
            Cancelled
        );

        var run = await DiskTests.ApplyAsync(scene, "waits", "true", "");
        var waiting = await run.ReasonAsync(RunReason.WaitingForNode);
        Assert.Contains("node-1 is short of disk space (The node's disk has less free than 128Mi or 1000 inodes", waiting.Status.Message);
        (await machine.RunAsync(["rm", ballast])).OrThrow("rm");

        Assert.Equal(RunPhase.Succeeded, (await run.EndAsync()).Phase);
        await Poll.UntilAsync("the node tells that it has room", Poll.Timeout, async _ => await PressureAsync(scene) == "False", Cancelled);
    }

    private static async Task<string> PressureAsync(Scene scene) =>
        (
            await scene.KubectlAsync(
                "get",
                "agentnode",
                "node-1",
                "-o",
                "jsonpath={.status.conditions[?(@.type==\"DiskPressure\")].status}"
            )
        ).Trim();

    private async Task<Scene> OnSmallDiskAsync(int megabytes, int inodes, params string[] options)
    {
        var folder = Directory.CreateTempSubdirectory("stromboli-disk-").FullName;
        // The only node of a stack has this user.
        string[] mount =
        [
            "-t",
            "tmpfs",
            "-o",
            string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,nr_inodes={inodes},uid=59001,gid=59001,mode=0711"),
            "tmpfs",
            folder,
        ];
        (await Command.RunAsync("mount", mount, cancellationToken: Cancelled)).OrThrow("mount");
        try
        {
            var scene = await OnPrivateStackAsync(
                new StackOptions
                {
                    Node = new NodeOptions
                    {
                        Mounts = [new NodeMount(folder, "/home/node/.local/share/containers/storage/volumes", Writable: true)],
                        ExtraArguments = options,
                    },
                }
            );
            Assert.Equal(59001u, scene.Stack.Nodes.Single().Machine.User);
            return scene;
        }
        finally
        {
            // The node has its own mount of it by now.
            (await Command.RunAsync("umount", [folder], cancellationToken: CancellationToken.None)).OrThrow("umount");
            Directory.Delete(folder);
        }
    }
}
