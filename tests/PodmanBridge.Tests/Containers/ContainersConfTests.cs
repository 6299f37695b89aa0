using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>Settings that a node's containers.conf can add. Either they change nothing, or the run is refused.</summary>
public sealed class ContainersConfTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly ContainerFixture _containers = new(podman);

    [PodmanNodeFact]
    public async Task Compare_SettingsThatWeOverride_FindsNoDifference()
    {
        var differences = await CompareAsync(
            """
            [containers]
            env = ["SECRET=node", "LD_PRELOAD=/x.so"]
            env_host = true
            http_proxy = true
            default_capabilities = ["SYS_ADMIN", "NET_RAW"]
            ipcns = "host"
            netns = "host"
            pidns = "host"
            utsns = "host"
            cgroupns = "host"
            userns = "keep-id"
            umask = "0000"
            init = true
            seccomp_profile = "unconfined"
            log_driver = "journald"
            log_size_max = 8192
            mounts = ["type=tmpfs,destination=/extra"]
            """
        );
        Assert.Equal([], differences);
    }

    [PodmanNodeFact]
    public async Task Compare_AddedVolume_IsADifference() =>
        Assert.Contains(
            await CompareAsync("[containers]\nvolumes = [\"/etc:/node-etc:ro\"]"),
            d => d == "/node-etc is mounted, which was not meant"
        );

    [PodmanNodeFact]
    public async Task Compare_AddedAnnotation_IsADifference() =>
        Assert.Contains(
            await CompareAsync("[containers]\nannotations = [\"run.oci.keep_original_groups=1\"]"),
            d => d.Contains("annotation run.oci.keep_original_groups", StringComparison.Ordinal)
        );

    [PodmanNodeFact]
    public async Task Compare_AddedDevice_IsADifference() =>
        Assert.Contains(
            await CompareAsync("[containers]\ndevices = [\"/dev/fuse:/dev/fuse:rw\"]"),
            d => d.Contains("/dev/fuse", StringComparison.Ordinal)
        );

    [PodmanNodeFact]
    public async Task Compare_AddedUlimit_IsADifference() =>
        Assert.Contains(
            await CompareAsync("[containers]\ndefault_ulimits = [\"stack=1:1\"]"),
            d => d.Contains("ulimit stack", StringComparison.Ordinal)
        );

    [PodmanNodeFact]
    public async Task Compare_TimeZone_IsADifference() =>
        Assert.Contains(await CompareAsync("[containers]\ntz = \"Asia/Tokyo\""), d => d.Contains("time zone", StringComparison.Ordinal));

    [PodmanNodeFact]
    public async Task Compare_AddedSysctl_IsADifference() =>
        Assert.Contains(
            await CompareAsync("[containers]\ndefault_sysctls = [\"net.ipv4.ip_unprivileged_port_start=0\"]"),
            d => d == "sysctl net.ipv4.ip_unprivileged_port_start was added"
        );

    [PodmanNodeFact]
    public async Task Compare_Hook_IsADifference()
    {
        var hooks = podman.NewDirectory((UnixFileMode)0b111_101_101);
        // The hook reads its standard input: otherwise crun, which writes the container's state there, dies of a broken pipe.
        await File.WriteAllTextAsync(
            Path.Combine(hooks, "hook.json"),
            """
            {"version":"1.0.0","hook":{"path":"/bin/cat","args":["cat","/dev/stdin"]},"when":{"always":true},"stages":["poststart"]}
            """
        );
        podman.Own(hooks);
        Assert.Contains(await CompareAsync($"[engine]\nhooks_dir = [\"{hooks}\"]"), d => d == "hook poststart was added");
    }

    /// <summary>The differences that the checks find in a container created under this configuration.</summary>
    private async Task<IReadOnlyList<string>> CompareAsync(string configuration)
    {
        var path = Path.Combine(podman.NewDirectory(), "containers.conf");
        await File.WriteAllTextAsync(path, configuration);
        podman.Own(Path.GetDirectoryName(path)!);
        await using var service = await PodmanServiceProcess.StartAsync(
            podman.Real.Node!,
            "CONTAINERS_CONF_OVERRIDE=" + path,
            "HTTP_PROXY=http://proxy.test",
            "NODE_SECRET=x"
        );
        var spec = await _containers.SpecAsync(PodmanFixture.Busybox, _containers.Script("sleep 60"));
        await _containers.CreateAsync(spec, service.Client);
        var made = await service.Client.Containers.InspectAsync(spec.Name, None);
        await service.Client.Containers.StartAsync(spec.Name, None);
        return [.. ContainerSpecCheck.Compare(spec, made!), .. await _containers.CompareRuntimeAsync(spec, service.Client)];
    }
}
