using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.HostPaths;

/// <summary>Agents and authors of runs use host paths to attack the node's own files.</summary>
public sealed class HostPathAttackTests(StackFixture stacks) : EndToEndTests(stacks)
{
    private const string Inside = NodeFolder.Inside;

    [Fact]
    public async Task WritableVolume_ProgramsDevicesAndLinksOnIt_AreHarmless()
    {
        var scene = await OnSharedStackAsync();
        var folder = SharedFolder.Make($"work/{scene.Namespace}");
        (
            await Command.RunAsync(
                "/bin/sh",
                ["-c", "cd $0 && cp /usr/bin/id suid && chmod 6755 suid && mknod -m 666 zero c 1 5 && ln -s /etc/passwd host", folder]
            )
        ).OrThrow("Making files");

        var text = await RunAsync(
            scene,
            $"volumes: [{{hostPath: {Inside}/work/{scene.Namespace}, mountPath: /work, readOnly: false}}]",
            """
            echo suid=$(/work/suid -u)
            head -c 1 /work/zero > /dev/null 2>&1 && echo intruded=device
            grep -q ^node: /work/host && echo intruded=symlink
            ln /etc/hostname /work/x 2> /dev/null && echo intruded=hardlink
            ln /run/stromboli/shim.sock /work/x 2> /dev/null && echo intruded=socket
            mknod /work/y c 1 5 2> /dev/null && echo intruded=mknod
            cp /bin/true /work/z && chmod 4755 /work/z
            grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status
            """
        );

        Assert.Contains("suid=1000\n", text);
        Assert.DoesNotContain("intruded", text);
        Assert.Matches(@"CapEff:\t0+\nCapBnd:\t0+\nCapAmb:\t0+\nNoNewPrivs:\t1\nSeccomp:\t2", text);
    }

    // The agent runs here as the user who owns the run directory, the shim and the node's files.
    [Fact]
    public async Task AgentAsTheEnginesUser_AtTheBridgesFilesInItsContainer_ChangesNothing()
    {
        var scene = await OnSharedStackAsync();
        SharedFolder.Make($"work/{scene.Namespace}");

        var text = await RunAsync(
            scene,
            $"volumes: [{{hostPath: {Inside}/work/{scene.Namespace}, mountPath: /work, readOnly: false}}]",
            """
            for f in /run/stromboli /run/stromboli/shim.sock /run/stromboli/model.sock /opt/stromboli/shim /etc/hosts /etc/resolv.conf; do
              chmod 777 $f 2> /dev/null && echo intruded=chmod-$f; rm -f $f 2> /dev/null && echo intruded=rm-$f; (: > $f) 2> /dev/null && echo intruded=write-$f; done
            ln -s /work /run/stromboli/new 2> /dev/null && echo intruded=new
            for f in environ mem maps root cwd; do head -c 1 /proc/1/$f 2> /dev/null | grep -q . && echo intruded=proc-$f; done
            kill -9 1 2> /dev/null; ls /proc/1/root/ 2> /dev/null | grep -q . && echo intruded=root
            unshare -U true 2> /dev/null && echo intruded=unshare
            echo end
            """
        );

        Assert.DoesNotContain("intruded", text);
        Assert.EndsWith("end\n", text);
    }

    [Fact]
    public async Task WidePermission_ForFilesOfTheBridge_OpensNone()
    {
        var scene = await OnWideStackAsync();
        (string Path, string Why)[] cases =
        [
            ("/home/node", "meets files of the node's bridge"),
            ("/home", "meets files of the node's bridge"),
            ("/home/node/.ssh", "hidden file or directory"),
            ("/home/node/.local/share/containers/storage/volumes", "meets files of the node's bridge"),
            ("/home/node/stromboli/state/attempts", "meets files of the node's bridge"),
            ("/home/node/stromboli/token", "meets files of the node's bridge"),
            ("/srv", "another file system mounted in it"),
        ];
        var runs = new List<RunHistory>();
        for (var i = 0; i < cases.Length; i++)
        {
            runs.Add(
                await scene.ApplyRunAsync(Yaml($"volumes: [{{hostPath: {cases[i].Path}, mountPath: /data}}]", "find /data", $"wide-{i}"))
            );
        }

        foreach (var (run, expected) in runs.Zip(cases))
        {
            var status = (await run.EndAsync()).Status;
            Assert.Equal((RunPhase.Failed, RunReason.VolumeDenied), (status.Phase, status.Reason));
            Assert.Contains(expected.Why, status.Message);
            Assert.Equal(0, await scene.NodeOf(run).CreatedAsync(run.Uid));
        }
    }

    // A process that may write a directory of the node can replace a file by a link between the bridge's check and the engine's mount.
    [Fact]
    public async Task Path_RepeatedlySwappedForALink_IsNeverRead()
    {
        var scene = await OnSharedStackAsync();
        var folder = SharedFolder.Make($"data/{scene.Namespace}");
        var secret = SharedFolder.Make($"secret-{scene.Namespace}");
        await File.WriteAllTextAsync(Path.Combine(secret, "note"), "stolen", Cancelled);
        Directory.CreateDirectory(Path.Combine(folder, "a"));
        await File.WriteAllTextAsync(Path.Combine(folder, "a", "note"), "allowed", Cancelled);
        File.CreateSymbolicLink(Path.Combine(folder, "b"), $"{Inside}/secret-{scene.Namespace}");
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() => Swap(folder, stop.Token), Cancelled);

        try
        {
            var runs = new List<RunHistory>();
            for (var i = 0; i < 24; i++)
            {
                runs.Add(
                    await scene.ApplyRunAsync(
                        Yaml($"volumes: [{{hostPath: {Inside}/data/{scene.Namespace}/a, mountPath: /data}}]", "cat /data/note", $"swap-{i}")
                    )
                );
            }

            foreach (var run in runs)
            {
                var status = (await run.EndAsync()).Status;
                Assert.DoesNotContain("stolen", run.Last.Json.ToJsonString());
                if (status.Phase == RunPhase.Succeeded)
                {
                    Assert.Equal("allowed", status.Result?.Text);
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await swapping;
        }
    }

    // In this image, the mount path of the volume leads over the shim.
    [Fact]
    public async Task MountPath_ThatLeadsOverTheShim_GivesNoOtherProgramControl()
    {
        var scene = await OnWideStackAsync();
        var machine = scene.Nodes.Single().Node.Machine;
        await machine.PodmanAsync(
            "run",
            "--name",
            "linked",
            "--network",
            "none",
            "registry.test/agent:1",
            "sh",
            "-c",
            "mkdir -p /a/b/c/d && ln -s /opt/stromboli/shim /a/b/c/d/e"
        );
        await machine.PodmanAsync("commit", "linked", "localhost/linked:1");
        (
            await machine.RunAsync([
                "sh",
                "-c",
                "mkdir -p /home/node/public && printf '#!/bin/sh\\nsleep 60\\n' > /home/node/public/shim && chmod 755 /home/node/public/shim",
            ])
        ).OrThrow("Making a shim");

        var run = await scene.ApplyRunAsync(
            Yaml("image: localhost/linked:1\n  volumes: [{hostPath: /home/node/public/shim, mountPath: /a/b/c/d/e}]", "true")
        );
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunPhase.Failed, status.Phase);
        Assert.Contains(status.Reason, new RunReason?[] { RunReason.PolicyDenied, RunReason.NodeUnfit });
        Assert.DoesNotContain(run.States, state => state.Status.Phase == RunPhase.Running);
    }

    private Task<Scene> OnWideStackAsync() =>
        OnPrivateStackAsync(
            new()
            {
                Node = new() { AllowedVolumes = ["/home:rw", "/srv:rw"], Mounts = [SharedFolder.Mount] },
            }
        );

    private static void Swap(string folder, CancellationToken stop)
    {
        var (a, b, aside) = (Path.Combine(folder, "a"), Path.Combine(folder, "b"), Path.Combine(folder, "c"));
        while (!stop.IsCancellationRequested)
        {
            Directory.Move(a, aside);
            Directory.Move(b, a);
            Directory.Move(aside, b);
        }
    }

    private static string Yaml(string fields, string script, string name = "volumes") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              {{fields}}
              timeout: 60s
              agent:
                command: [bash, -c, {{JsonValue.Create(script)!.ToJsonString()}}]
            """;

    private static async Task<string> RunAsync(Scene scene, string fields, string script)
    {
        var run = await scene.ApplyRunAsync(Yaml(fields, script));
        return (await run.EndAsync()).Status.Result?.Text ?? "";
    }
}
