using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>docs/design/sandbox.md#container, read back from the engine and from inside.</summary>
public sealed class ContainerTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ContainerFixture _containers = new(podman);

    [PodmanFact]
    public Task Compare_OrdinaryImage_FindsNoDifference() => AssertAsMeantAsync(PodmanFixture.Busybox);

    [PodmanFact]
    public Task Compare_HostileImage_FindsNoDifference() => AssertAsMeantAsync(PodmanFixture.Hostile);

    [PodmanFact]
    public async Task Compare_ImageWithAnnotations_TakesOverNoneOrIsRefused()
    {
        var version = Version.Parse((await podman.Client.System.InfoAsync(None)).Version!.Version!);
        if (version.Major > 4)
        {
            await AssertAsMeantAsync(PodmanFixture.Annotated);
            return;
        }
        // Podman 4 copies an image's annotations, so the check must see them.
        var spec = await _containers.SpecAsync(PodmanFixture.Annotated, _containers.Script("sleep 60"));
        await _containers.CreateAsync(spec);
        Assert.Contains(
            "annotation run.oci.keep_original_groups was added",
            ContainerSpecCheck.Compare(spec, (await podman.Client.Containers.InspectAsync(spec.Name, None))!)
        );
    }

    [PodmanFact]
    public async Task Run_HostileImage_ChangesNothingInside()
    {
        var spec = await _containers.SpecAsync(
            PodmanFixture.Hostile,
            _containers.Script(
                """
                cat /proc/1/environ | tr '\0' '\n'
                echo "hostname $(hostname)"
                echo "pwd $(pwd)"
                ls -lnd /workspace /home/agent | awk '{ print "owner", $9, $3, $4 }'
                for dir in / /etc /run /run/stromboli /opt/stromboli /volume /dev; do touch $dir/x 2>/dev/null && echo "writable $dir"; done
                for dir in /workspace /home/agent /tmp /var/tmp /dev/shm; do touch $dir/x || echo "not writable $dir"; done
                """
            )
        );
        var (code, output) = await _containers.RunAsync(spec);
        Assert.Equal(0, code);
        var lines = output.Split('\n');
        Assert.Equal(["HOSTNAME=agent", "HOME=/home/agent"], lines.Take(2));
        Assert.Equal(
            ["hostname agent", "pwd /", "owner /home/agent 20001 20001", "owner /workspace 20001 20001"],
            lines.Skip(2).Where(l => l.Length > 0)
        );
    }

    [PodmanFact]
    public async Task Run_AnyImage_IsConfined()
    {
        var spec = await _containers.SpecAsync(
            PodmanFixture.Busybox,
            _containers.Script(
                """
                grep -E '^(Uid|Gid|Groups|CapEff|CapPrm|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/1/status | tr '\t' ' '
                echo "links $(ls /sys/class/net | tr '\n' ' ')"
                awk '$5 == "/tmp" || $5 == "/run" || $5 == "/var/tmp" || $5 == "/dev/shm" || $5 == "/run/stromboli" || $5 == "/workspace" { print "mount", $5, $6, $NF }' /proc/self/mountinfo
                cat /etc/hosts
                ulimit -c; echo "signals $(ulimit -i)"; echo "priorities $(ulimit -r) $(ulimit -e)"
                unshare -Ur true 2>&1 && echo "user namespace"
                awk '$5 == "/" { print "root", substr($6, 1, 2) }' /proc/self/mountinfo
                """
            )
        );
        var (_, output) = await _containers.RunAsync(spec);
        var lines = output.Split('\n').Select(l => l.Trim()).ToList();
        Assert.Contains("Uid: 20001 20001 20001 20001", lines);
        Assert.Contains("Gid: 20001 20001 20001 20001", lines);
        Assert.Contains("CapEff: 0000000000000000", lines);
        Assert.Contains("CapBnd: 0000000000000000", lines);
        Assert.Contains("NoNewPrivs: 1", lines);
        Assert.Contains("Seccomp: 2", lines);
        Assert.Contains("links lo", lines);
        Assert.Contains("root ro", lines);
        Assert.Contains("127.0.0.1 localhost agent", lines);
        Assert.Contains("signals 1024", lines);
        Assert.Contains("priorities 0 0", lines);
        Assert.DoesNotContain("user namespace", lines);
        foreach (var path in new[] { "/tmp", "/run", "/var/tmp", "/dev/shm" })
        {
            Assert.Contains(
                lines,
                l =>
                    l.StartsWith($"mount {path} rw,nosuid,nodev", StringComparison.Ordinal)
                    && l.Contains("nr_inodes=", StringComparison.Ordinal)
            );
        }

        Assert.Contains(lines, l => l.StartsWith("mount /run/stromboli ro,nosuid,nodev,noexec", StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("mount /workspace rw,nosuid,nodev", StringComparison.Ordinal));
    }

    [PodmanFact]
    public async Task Remove_FinishedContainer_KeepsLogAndVolumes()
    {
        var spec = await _containers.SpecAsync(PodmanFixture.Busybox, _containers.Script("echo kept; exit 3"));
        Assert.Equal((3, "kept"), await _containers.RunAsync(spec));
        Assert.True(await podman.Client.Containers.RemoveAsync(spec.Name, None));
        Assert.Contains("kept", await File.ReadAllTextAsync(spec.Log.Path), StringComparison.Ordinal);
        Assert.Equal(2, (await podman.Client.Volumes.ListAsync(spec.Labels, None)).Count);
    }

    [PodmanFact]
    public async Task Start_Again_IsNoError_AndCreateAgainIsAConflict()
    {
        var spec = await _containers.SpecAsync(PodmanFixture.Busybox, _containers.Script("sleep 60"));
        await _containers.CreateAsync(spec);
        await podman.Client.Containers.StartAsync(spec.Name, None);
        await podman.Client.Containers.StartAsync(spec.Name, None);
        var error = await Assert.ThrowsAsync<Stromboli.Podman.PodmanException>(() => podman.Client.Containers.CreateAsync(spec, None));
        Assert.True(error.IsConflict);
        var listed = Assert.Single(await podman.Client.Containers.ListAsync(spec.Labels, None));
        Assert.Equal("running", listed.State);
        Assert.True(await podman.Client.Containers.KillAsync(spec.Name, "KILL", None));
        Assert.Equal(137, await podman.Client.Containers.WaitAsync(spec.Name, None));
        Assert.False(await podman.Client.Containers.KillAsync(spec.Name, "KILL", None));
        Assert.True(await podman.Client.Containers.RemoveAsync(spec.Name, None));
        Assert.False(await podman.Client.Containers.RemoveAsync(spec.Name, None));
    }

    private async Task AssertAsMeantAsync(string image)
    {
        var spec = await _containers.SpecAsync(image, _containers.Script("sleep 60"));
        await _containers.CreateAsync(spec);
        Assert.Equal([], ContainerSpecCheck.Compare(spec, (await podman.Client.Containers.InspectAsync(spec.Name, None))!));
        await podman.Client.Containers.StartAsync(spec.Name, None);
        Assert.Equal([], await _containers.CompareRuntimeAsync(spec));
    }
}
