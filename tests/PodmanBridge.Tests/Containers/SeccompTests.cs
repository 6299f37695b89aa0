using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>Tries the seccomp profile inside a real container.</summary>
public sealed class SeccompTests(PodmanFixture podman) : IClassFixture<PodmanFixture>
{
    private const string EPERM = "1";
    private const string ENOSYS = "38";
    private const string SIGSYS = "signal 31";

    private static readonly string[] Refused =
    [
        "unshare-user",
        "unshare-net",
        "setns",
        "mount",
        "umount",
        "fsopen",
        "open-tree",
        "pivot-root",
        "chroot",
        "keyctl",
        "add-key",
        "request-key",
        "ptrace",
        "process-vm-readv",
        "process-vm-writev",
        "pidfd-getfd",
        "kcmp",
        "bpf",
        "perf-event-open",
        "userfaultfd",
        "name-to-handle-at",
        "open-by-handle-at",
        "fanotify-init",
        "kexec-load",
        "init-module",
        "reboot",
        "swapon",
        "quotactl",
        "syslog",
        "acct",
        "settimeofday",
    ];

    private static readonly string[] NotThere =
    [
        "clone-user",
        "clone-pid",
        "clone3",
        "io-uring-setup",
        "io-uring-enter",
        "personality-no-randomize",
        "unknown",
        "socket-netfilter",
        "socket-audit",
        "socket-generic",
        "socket-vsock",
        "socket-vsock-high-bits",
        "socket-route-high-bits",
        "socket-alg",
        "socket-packet",
        "socket-xdp",
        "socket-key",
        "socket-bluetooth",
        "socket-can",
        "socket-tipc",
        "socketpair-inet",
        "socketpair-vsock",
        "socketpair-tipc",
        "socketpair-vsock-high-bits",
        "io-setup",
        "io-submit",
        "mq-open",
        "mmap-huge",
        "memfd-huge",
        "shmget-huge",
    ];

    private static readonly string[] Allowed =
    [
        "personality-query",
        "socket-unix",
        "socket-inet",
        "socket-inet6",
        "socket-route",
        "socketpair",
        "memfd",
        "shmget",
        "mmap-exec",
        "thread",
    ];

    private readonly ContainerFixture _containers = new(podman);

    [PodmanFact]
    public async Task Probe_InsideAContainer_IsRefusedWhatTheProfileRefuses()
    {
        var (code, output) = await _containers.RunAsync(await _containers.SpecAsync(PodmanFixture.Busybox, await ProbeAsync()));
        Assert.Equal(0, code);
        var results = output.Split('\n').Select(l => l.Split('=')).ToDictionary(l => l[0], l => l[1]);
        Assert.Equal(Refused.ToDictionary(n => n, _ => EPERM), results.Where(r => Refused.Contains(r.Key)).ToDictionary());
        Assert.Equal(NotThere.ToDictionary(n => n, _ => ENOSYS), results.Where(r => NotThere.Contains(r.Key)).ToDictionary());
        Assert.Equal(Allowed.ToDictionary(n => n, _ => "0"), results.Where(r => Allowed.Contains(r.Key)).ToDictionary());
        // A call of another architecture ends the process or thread that makes it.
        Assert.All(results.Where(r => r.Key is "i386" or "x32"), r => Assert.Equal(SIGSYS, r.Value));
    }

    [PodmanFact]
    public async Task Git_And_Bash_Work()
    {
        var (code, output) = await _containers.RunAsync(
            await _containers.SpecAsync(
                PodmanFixture.Agent,
                _containers.Script(
                    """
                    set -e
                    cd /workspace
                    git init -q -b main .
                    git -c user.name=a -c user.email=a@example.com commit -q --allow-empty -m first
                    git log --format=%s
                    bash -c 'echo one | (read x; echo "$x two"); sleep 0.01 & wait; echo <(true) | grep -c /dev/fd; id -un; getent hosts localhost | grep -c localhost'
                    sort -R --parallel=4 /etc/passwd > /tmp/x && tar -C /etc -cf - passwd | tar -tf -
                    """
                )
            )
        );
        Assert.Equal((0, "first\none two\n1\nagent\n1\npasswd"), (code, output));
    }

    [PodmanFact]
    public async Task ClaudeCli_Starts()
    {
        Assert.SkipUnless(Artefacts.Claude.Exists, "the CLI is not in the cache: run make setup");
        var spec = await _containers.SpecAsync(PodmanFixture.Agent, _containers.Script("exec /opt/stromboli/claude/claude --version"));
        var cli = podman.NewDirectory((UnixFileMode)0b111_101_101);
        File.Copy(Artefacts.Claude.At("claude"), Path.Combine(cli, "claude"));
        File.SetUnixFileMode(Path.Combine(cli, "claude"), (UnixFileMode)0b111_101_101);
        podman.Own(cli);
        spec = spec with
        {
            Mounts =
            [
                .. spec.Mounts,
                spec.Mounts.Single(m => m.Destination == MountPoints.Shim) with
                {
                    Source = cli,
                    Destination = MountPoints.Cli,
                },
            ],
        };
        var (code, output) = await _containers.RunAsync(spec);
        Assert.Equal((0, $"{Artefacts.ClaudeVersion} (Claude Code)"), (code, output));
    }

    private async Task<string> ProbeAsync()
    {
        Assert.SkipUnless(Command.Exists("gcc"), "gcc is missing");
        var directory = podman.NewDirectory();
        var program = Path.Combine(directory, "probe");
        var source = Path.Combine(AppContext.BaseDirectory, "Containers", "probe.c");
        var built = await Command.RunAsync("gcc", ["-std=gnu11", "-O1", "-Wall", "-Werror", "-static", "-pthread", "-o", program, source]);
        Assert.True(built.Succeeded, built.Error);
        podman.Own(directory);
        return program;
    }
}
