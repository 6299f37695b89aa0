using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>
/// A hostile agent tries everything on its first process, its run directory, its node's network and a neighbour on the same node, and exits
/// with 7.
/// </summary>
public sealed class IntrusionScenario(StackFixture stacks) : Scenario(stacks)
{
    /// <summary>The agent's exit code.</summary>
    public const int ExitCode = 7;

    /// <summary>How often it connects to the shim's socket.</summary>
    public const int Calls = 50;

    private const string OnNode = "  nodeName: node-1";

    internal HeldRun Attacker { get; private set; } = null!;

    internal HeldRun Neighbour { get; private set; } = null!;

    internal AgentReport Report { get; private set; } = null!;

    internal AgentRunStatus AttackersEnd { get; private set; } = null!;

    internal AgentRunStatus NeighboursEnd { get; private set; } = null!;

    /// <summary>Limits, priorities, policy and affinity of the attacker's PID 1, as this machine sees them, before and after.</summary>
    internal (string Before, string After) FirstProcess { get; private set; }

    /// <summary>The user ids of both agents on this machine.</summary>
    internal (uint Attacker, uint Neighbour) Users { get; private set; }

    /// <summary>The run directory's entries and their modes, before and after.</summary>
    internal (string Before, string After) RunDirectory { get; private set; }

    /// <summary>Addresses of this machine, which the node shares.</summary>
    internal IReadOnlyList<string> Addresses { get; } =
    [
        .. NetworkInterface
            .GetAllNetworkInterfaces()
            .SelectMany(i => i.GetIPProperties().UnicastAddresses)
            .Select(a => a.Address)
            .Where(a => !System.Net.IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal)
            .Select(a => a.ToString()),
    ];

    /// <summary>Unix sockets that do not belong to the attacker: those of the node, its engine and the neighbour.</summary>
    internal IReadOnlyList<string> ForeignSockets { get; private set; } = [];

    private string Port => new Uri(Scene.Stack.Model.BaseUrl).Port.ToString(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    protected override async Task PlayAsync()
    {
        await Intruders.EnsureAsync(Scene.Inspect("node-1"));
        using var ofNode = ListenAbstract($"node-{Scene.Namespace}");
        Neighbour = await HeldRun.StartAsync(Scene, HeldRun.Yaml("neighbour", Intruders.Image, NeighboursScript(), OnNode));
        ForeignSockets =
        [
            $"@node-{Scene.Namespace}",
            $"@neighbour-{Scene.Namespace}",
            "/run/podman/podman.sock",
            $"{Neighbour.RunDirectory}/model.sock",
            $"{Neighbour.RunDirectory}/shim.sock",
            $"/proc/{Neighbour.FirstPid}/root/run/stromboli/model.sock",
        ];
        await Neighbour.HearAsync("ready");
        Attacker = await HeldRun.StartAsync(Scene, HeldRun.Yaml("attacker", Intruders.Image, AttackersScript(), OnNode));
        Users = (UserOf(Attacker.FirstPid), UserOf(Neighbour.FirstPid));
        var (process, directory) = (ProcessState(Attacker.FirstPid), await DirectoryStateAsync());
        Attacker.Tell("go");
        await Attacker.HearAsync("done");
        FirstProcess = (process, ProcessState(Attacker.FirstPid));
        RunDirectory = (directory, await DirectoryStateAsync());
        Attacker.Tell("end");
        AttackersEnd = (await Attacker.Run.EndAsync()).Status;
        Neighbour.Tell("end");
        NeighboursEnd = (await Neighbour.Run.EndAsync()).Status;
        Report = AgentReport.Of(AttackersEnd);
    }

    private string NeighboursScript() =>
        $"""
            cd /workspace
            for folder in /workspace /home/agent /tmp /var/tmp /dev/shm; do echo secret > $folder/marker-{Scene.Namespace}; done
            cp /bin/intruder /tmp/neighbour; /tmp/neighbour memory 4096 end > /dev/null &
            intruder listen-abstract @neighbour-{Scene.Namespace}
            intruder reach-unix @neighbour-{Scene.Namespace}
            touch ready; until [ -e end ]; do sleep 0.05; done
            """;

    private string AttackersScript() =>
        $"""
            cd /workspace; until [ -e go ]; do sleep 0.05; done
            echo "# system calls"; attacker init
            echo "# proc"; attacker proc
            echo "# run directory"; attacker run-directory
            echo "# foreign calls"; attacker foreign-calls
            echo "# own"; attacker own-rights
            echo "# calls"; intruder call /run/stromboli/shim.sock {Calls}
            echo "# sockets"; intruder families
            echo "# shared"; intruder shared
            echo "# interfaces"; intruder interfaces
            echo "# loopback"; intruder reach 127.0.0.1:{Port} ::1:{Port}
            echo "# network"; intruder reach {string.Join(
                ' ',
                Addresses.Select(address => $"{address}:{Port}")
            )} 8.8.8.8:53 169.254.169.254:80 224.0.0.1:5353 2001:4860:4860::8888:443
            echo "# unix"; intruder reach-unix {string.Join(' ', ForeignSockets)}
            echo "# markers"; find / -name 'marker-*' 2> /dev/null
            echo "# processes"; cat /proc/[0-9]*/comm 2> /dev/null
            echo "# given away"; touch own; for user in 0 1 10000 20000 65534; do [ $user = $(id -u) ] || chown $user own 2> /dev/null && echo $user; done
            echo "# end"
            touch done; until [ -e end ]; do sleep 0.05; done
            exit {ExitCode}
            """;

    private static Socket ListenAbstract(string name)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint("\0" + name));
        socket.Listen();
        return socket;
    }

    private static uint UserOf(int pid) =>
        uint.Parse(
            File.ReadAllLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"))
                .Single(line => line.StartsWith("Uid:", StringComparison.Ordinal))
                .Split('\t')[1],
            CultureInfo.InvariantCulture
        );

    private static string ProcessState(int pid)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        // Priority, nice value and policy of proc(5).
        var stat = File.ReadAllText($"{folder}/stat").Split(") ")[1].Split(' ');
        var status = File.ReadAllLines($"{folder}/status")
            .Where(line =>
                line.StartsWith("Cpus_allowed:", StringComparison.Ordinal) || line.StartsWith("TracerPid:", StringComparison.Ordinal)
            );
        return string.Join(
            '\n',
            [stat[15], stat[16], stat[38], File.ReadAllText($"{folder}/oom_score_adj"), .. status, .. File.ReadAllLines($"{folder}/limits")]
        );
    }

    private async Task<string> DirectoryStateAsync() =>
        (
            await Attacker.Node.Node.Machine.RunAsync([
                "sh",
                "-c",
                $"stat -c '%n %i %a %u %F' {Attacker.RunDirectory} {Attacker.RunDirectory}/*",
            ])
        )
            .OrThrow("stat")
            .Output;
}
