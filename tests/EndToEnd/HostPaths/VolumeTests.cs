using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.HostPaths;

/// <summary>Directories and files of the node in runs: read-only, writable, as workspace, and denied.</summary>
public sealed class VolumeTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task ReadOnlyVolume_CanBeReadAndNotWritten()
    {
        var scene = await OnSharedStackAsync();
        var folder = SharedFolder.Make($"data/{scene.Namespace}");
        await File.WriteAllTextAsync(Path.Combine(folder, "note"), "from the node", Cancelled);

        var status = await RunAsync(
            scene,
            $"volumes: [{{hostPath: {Inside}/data/{scene.Namespace}, mountPath: /data}}, {{hostPath: {Inside}/data/{scene.Namespace}/note, mountPath: /etc/note, options: [noexec, ro]}}]",
            """
            cat /data/note /etc/note
            (echo x > /data/new) 2>&1; (echo x > /etc/note) 2>&1; chmod 777 /data 2>&1; mount -o remount,rw /data 2>&1
            grep -E ' (/data|/etc/note) ' /proc/self/mountinfo | cut -d' ' -f5,6
            id -u
            """
        );

        Assert.StartsWith("from the nodefrom the node", status.Text);
        Assert.Equal(
            ["/data ro,nosuid,nodev", "/etc/note ro,nosuid,nodev,noexec"],
            Lines(status.Text)
                .Where(line => line.Contains(" ro,", StringComparison.Ordinal))
                .Select(line => line.Split(",relatime")[0])
                .Order(StringComparer.Ordinal)
        );
        Assert.InRange(int.Parse(Lines(status.Text)[^1], System.Globalization.CultureInfo.InvariantCulture), 10_000, 59_999);
        Assert.Equal(["note"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName));
        Assert.Equal("from the node", await File.ReadAllTextAsync(Path.Combine(folder, "note"), Cancelled));
    }

    [Fact]
    public async Task WritableVolume_FilesOfTheAgent_BelongToTheEnginesUser()
    {
        var scene = await OnSharedStackAsync();
        var folder = SharedFolder.Make($"work/{scene.Namespace}");

        var status = await RunAsync(
            scene,
            $"volumes: [{{hostPath: {Inside}/work/{scene.Namespace}, mountPath: /work, readOnly: false}}]",
            """
            echo kept > /work/new && echo home > $HOME/x && echo workspace > x && id -u && stat -c %u /work/new $HOME . && cat /proc/self/uid_map
            grep -E ' /work ' /proc/self/mountinfo | cut -d' ' -f6
            """
        );

        Assert.Equal((RunPhase.Succeeded, RunReason.Completed), (status.Phase, status.Reason));
        Assert.StartsWith("1000\n1000\n1000\n1000\n", status.Text);
        Assert.Contains("\nrw,nosuid,nodev,relatime", status.Text);
        Assert.Equal("kept\n", await File.ReadAllTextAsync(Path.Combine(folder, "new"), Cancelled));
        var node = scene.Inspect(status.Node).Node.Machine;
        Assert.Equal($"{node.User}\n", (await node.RunAsync(["stat", "-c", "%u", $"{Inside}/work/{scene.Namespace}/new"])).Output);
    }

    [Fact]
    public async Task WorkspaceOfTheNode_StaysAfterTheRun()
    {
        var scene = await OnSharedStackAsync();
        var folder = SharedFolder.Make($"work/{scene.Namespace}");
        await File.WriteAllTextAsync(Path.Combine(folder, "before"), "there", Cancelled);

        var run = await scene.ApplyRunAsync(
            Yaml(
                $"workspace: {{hostPath: {{path: {Inside}/work/{scene.Namespace}}}}}",
                "pwd; cat before; echo done > after",
                "ttlAfterFinished: 0s"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Succeeded, "/workspace\nthere"), (status.Phase, status.Result?.Text?.TrimEnd()));
        await Poll.UntilAsync("nothing is left", Poll.Timeout, async _ => (await scene.NodeOf(run).LeftoversAsync(run.Uid)).Count == 0);
        Assert.Equal(
            ["after", "before"],
            Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("/etc", "is not allowed on node", "--allow-volume /etc")]
    [InlineData("/srv/stromboli", "is not allowed on node", "--allow-volume /srv/stromboli")]
    [InlineData("/srv/stromboli/database", "is not allowed on node", "--allow-volume /srv/stromboli/database")]
    [InlineData("/srv/stromboli/data/NS/none", "does not exist on node", "nothing is created")]
    [InlineData("/srv/stromboli/data/NS/out/passwd", "symbolic link", "name the path")]
    [InlineData("/srv/stromboli/data/NS/in/note", "symbolic link", "name the path")]
    [InlineData("/srv/stromboli/data/NS/fifo", "is not a directory or regular file", "")]
    [InlineData("/srv/stromboli/data/NS/device", "is not a directory or regular file", "")]
    [InlineData("/srv/stromboli/data/NS/twice", "2 hard links", "")]
    public async Task Volume_ThatIsDenied_SaysWhatAndWhatToDo(string path, string why, string remedy)
    {
        var scene = await OnSharedStackAsync();
        var folder = SharedFolder.Make($"data/{scene.Namespace}");
        SharedFolder.Make("database");
        await File.WriteAllTextAsync(Path.Combine(folder, "note"), "", Cancelled);
        (
            await Testbed.Processes.Command.RunAsync(
                "/bin/sh",
                [
                    "-c",
                    "cd $0 && ln -s /etc out && ln -s . in && mkfifo fifo && mknod device c 1 5 && echo x > twice && ln twice again",
                    folder,
                ]
            )
        ).OrThrow("Making files");

        var run = await scene.ApplyRunAsync(
            Yaml(
                $"volumes: [{{hostPath: {path.Replace("NS", scene.Namespace, StringComparison.Ordinal)}, mountPath: /data}}]",
                "cat /data/*"
            )
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal((RunPhase.Failed, RunReason.VolumeDenied), (status.Phase, status.Reason));
        Assert.StartsWith("spec.volumes[0].hostPath /", status.Message);
        Assert.Contains(why, status.Message);
        Assert.Contains(remedy, status.Message);
        foreach (var node in scene.Nodes)
        {
            Assert.Equal(0, await node.CreatedAsync(run.Uid));
        }

        Assert.Empty(Directory.EnumerateFileSystemEntries(folder, "none"));
    }

    [Fact]
    public async Task Volume_WritableWhereOnlyReadingIsAllowed_IsDenied()
    {
        var scene = await OnSharedStackAsync();

        var status = await RunAsync(scene, $"volumes: [{{hostPath: {Inside}/data, mountPath: /data, readOnly: false}}]", "touch /data/x");

        Assert.Equal((RunPhase.Failed, RunReason.VolumeDenied), (status.Phase, status.Reason));
        Assert.Contains("may only be read on node", status.Message);
        Assert.Contains("--allow-volume /srv/stromboli/data:rw", status.Message);
    }

    private const string Inside = NodeFolder.Inside;

    private static string Yaml(string fields, string script, string more = "timeout: 60s") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: volumes
            spec:
              prompt: not read
              {{fields}}
              {{more}}
              agent:
                command: [bash, -c, {{JsonValue.Create(script)!.ToJsonString()}}]
            """;

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static async Task<(RunPhase? Phase, RunReason? Reason, string Text, string Message, string Node)> RunAsync(
        Scene scene,
        string fields,
        string script
    )
    {
        var run = await scene.ApplyRunAsync(Yaml(fields, script));
        var status = (await run.EndAsync()).Status;
        return (status.Phase, status.Reason, status.Result?.Text ?? "", status.Message ?? "", status.NodeName!);
    }
}
