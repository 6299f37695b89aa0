using System.Globalization;
using Stromboli.Bench.Runs;
using Stromboli.Testbed.Nodes;

namespace Stromboli.Bench.ColdStart;

/// <summary>
/// The baseline: <c>podman run</c>, by hand on the same node, of the same image with the flags that an attempt's container has, until its
/// first output. The clock is read in the node, so that nothing of how one gets in there is counted.
/// </summary>
internal sealed class PodmanRun(PodmanNode node)
{
    private const string State = "/home/node/stromboli/state";
    private const string Files = "/home/node/bench";

    // Prints when podman was started and when the first line came, in seconds and microseconds.
    private const string Script = """
        begin=$EPOCHREALTIME
        podman run "$@" | { read -r line; echo "$begin $EPOCHREALTIME $line"; cat > /dev/null; }
        """;

    private int _made;

    /// <summary>Runs it once and removes everything of it.</summary>
    /// <returns>Milliseconds to the first output.</returns>
    public async Task<double> RunAsync(CancellationToken cancellationToken)
    {
        var name = $"baseline-{++_made}";
        await node.RunAsync(["mkdir", "-p", $"{Files}/{name}"], cancellationToken: cancellationToken);
        var answer = (await node.RunAsync(["bash", "-c", Script, "run", .. Arguments(name)], cancellationToken: cancellationToken)).OrThrow(
            "podman run"
        );
        if (answer.Output.TrimEnd().Split(' ') is not [var begin, var end, "started"])
        {
            throw new InvalidOperationException($"podman run said: {answer.Output}{answer.Error}");
        }

        await node.PodmanAsync("rm", "--force", "--time=0", name);
        await node.PodmanAsync("volume", "rm", $"{name}-workspace", $"{name}-home");
        return (Seconds(end) - Seconds(begin)) * 1000;
    }

    // As src/PodmanBridge/Containers builds it, but for the bound of inodes, which the command line does not take. Its first process is the
    // agent: no shim. Its volumes are made by this command too; that they are not given to the user is in its favour.
    private string[] Arguments(string name)
    {
        var user = $"{30_000 + _made}:{30_000 + _made}";
        return
        [
            $"--name={name}",
            "--label=stromboli.dev/bench=baseline",
            "--network=none",
            "--cap-drop=all",
            "--security-opt=no-new-privileges",
            $"--security-opt=seccomp={State}/sandbox/seccomp.json",
            "--read-only",
            "--read-only-tmpfs=false",
            $"--user={user}",
            "--userns=host",
            "--ipc=none",
            "--pid=private",
            "--uts=private",
            "--cgroupns=private",
            "--hostname=agent",
            "--workdir=/",
            "--umask=0022",
            "--unsetenv-all",
            "--env-host=false",
            "--http-proxy=false",
            "--no-healthcheck",
            "--systemd=false",
            "--sdnotify=ignore",
            "--image-volume=ignore",
            "--stop-signal=15",
            "--stop-timeout=0",
            "--log-driver=k8s-file",
            $"--log-opt=path={Files}/{name}.log",
            "--ulimit=core=0:0",
            "--ulimit=nproc=1024:1024",
            "--timeout=1860",
            Tmpfs("/tmp", "512m,mode=1777"),
            Tmpfs("/var/tmp", "512m,mode=1777,noexec"),
            Tmpfs("/run", "1m,mode=755,noexec"),
            Tmpfs("/dev/shm", "64m,mode=1777,noexec"),
            Bind($"{Files}/{name}", "/run/stromboli:noexec"),
            Bind("/opt/stromboli/shim/stromboli-shim", "/opt/stromboli/shim"),
            Bind($"{State}/sandbox/hosts", "/etc/hosts:noexec"),
            Bind($"{State}/sandbox/resolv.conf", "/etc/resolv.conf:noexec"),
            $"--volume={name}-workspace:/workspace:nosuid,nodev,nocopy",
            $"--volume={name}-home:/home/agent:nosuid,nodev,nocopy",
            "--entrypoint=/bin/sh",
            "--pull=never",
            BenchRuns.Image,
            "-c",
            "echo started",
        ];
    }

    private static string Tmpfs(string path, string options) => $"--tmpfs={path}:nosuid,nodev,notmpcopyup,size={options}";

    private static string Bind(string source, string target)
    {
        var (path, more) = target.Split(':') is [var before, var option] ? (before, $",{option}") : (target, "");
        return $"--volume={source}:{path}:ro,nosuid,nodev,private{more}";
    }

    private static double Seconds(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
