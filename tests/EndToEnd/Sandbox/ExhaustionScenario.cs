using System.Globalization;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>An agent takes as much of a node's resources as it can, and holds it while others run on the node.</summary>
public sealed class ExhaustionScenario(StackFixture stacks) : Scenario(stacks)
{
    /// <summary><c>resources.limits.pids</c> of the agent.</summary>
    public const int Processes = 48;

    /// <summary>How much it writes to its workspace, in bytes.</summary>
    public const long WorkspaceBytes = 96L * 1024 * 1024;

    private const string NodeName = "node-2";

    internal HeldRun Hog { get; private set; } = null!;

    internal AgentReport Report { get; private set; } = null!;

    internal AgentRunStatus HogsEnd { get; private set; } = null!;

    /// <summary>The end of a Claude Code run that ran meanwhile.</summary>
    internal AgentRunStatus Claude { get; private set; } = null!;

    /// <summary>What another agent that tried the same got meanwhile.</summary>
    internal AgentReport Neighbour { get; private set; } = null!;

    /// <summary>The end of a run that used more memory than its limit.</summary>
    internal AgentRunStatus Glutton { get; private set; } = null!;

    /// <summary>The <c>stromboli.dev/limits</c> label of the hog's container.</summary>
    internal string LimitsLabel => Hog.Inspected["Config"]!["Labels"]!["stromboli.dev/limits"]!.ToString();

    /// <summary>The hog's connections that the bridge's gateway held when the hog held as many as it could.</summary>
    internal int GatewayConnections { get; private set; }

    /// <summary>The bridge's process before and after.</summary>
    internal (int Before, int After) Bridge { get; private set; }

    /// <inheritdoc/>
    protected override async Task PlayAsync()
    {
        var node = Scene.Inspect(NodeName);
        await Intruders.EnsureAsync(node);
        var before = node.Node.Bridge.Pid;
        Hog = await HeldRun.StartAsync(
            Scene,
            HeldRun.Yaml(
                "hog",
                Intruders.Image,
                HogsScript,
                $$"""
                  nodeName: {{NodeName}}
                  resources:
                    limits: {pids: {{Processes}}}
                """
            )
        );
        await Hog.HearAsync("full");
        await RunOthersAsync();
        GatewayConnections = Connections();
        Hog.Tell("end");
        HogsEnd = (await Hog.Run.EndAsync()).Status;
        Report = AgentReport.Of(HogsEnd);
        Bridge = (before, node.Node.Bridge.Pid);
    }

    // The order matters: after the last one, no process can be started any more.
    private const string HogsScript = """
        cd /workspace; mkdir /tmp/files
        echo "# files"
        intruder fill /tmp/x 1000000000; rm /tmp/x; intruder inodes /tmp/files 100000
        echo "# shared memory"
        intruder fill /dev/shm/x 1000000000; rm /dev/shm/x; intruder inodes /dev/shm 100000
        echo "# run"
        intruder inodes /run 1000
        echo "# workspace"
        intruder fill /workspace/x 100663296
        echo "# held"
        intruder signals end & intruder inotify end & intruder descriptors end & intruder hold 8317 200 end &
        sleep 1; touch full
        intruder processes end
        wait
        """;

    private async Task RunOthersAsync()
    {
        var claude = await Scene.ApplyRunAsync(
            $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: claude
            spec:
              prompt: |
                @bash (tail -n 0 -f /etc/hostname & sleep 0.3; kill $!) 2> /dev/null; echo alive
                @echo-result
              agent:
                claude:
                  dangerouslySkipPermissions: true
              nodeName: {{NodeName}}
            """
        );
        var neighbour = await Scene.ApplyRunAsync(
            HeldRun.Yaml(
                "neighbour",
                Intruders.Image,
                """
                echo "# held"; intruder signals /bin/sh; intruder descriptors /bin/sh
                echo "# forks"; i=0; while [ $i -lt 200 ] && (exit 0); do i=$((i + 1)); done; echo "forked: $i"
                """,
                $"  nodeName: {NodeName}"
            )
        );
        var glutton = await Scene.ApplyRunAsync(
            HeldRun.Yaml(
                "glutton",
                Intruders.Image,
                "intruder memory 200000000 /bin/sh",
                $$"""
                  nodeName: {{NodeName}}
                  resources:
                    limits: {memory: 64Mi}
                """
            )
        );
        Claude = (await claude.EndAsync()).Status;
        Neighbour = AgentReport.Of((await neighbour.EndAsync()).Status);
        Glutton = (await glutton.EndAsync()).Status;
    }

    // The kernel lists an accepted unix socket in the network namespace of the peer that connected.
    private int Connections()
    {
        var path = Hog.RunDirectory + "/model.sock";
        return File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{Hog.FirstPid}/net/unix"))
            .Count(line => line.EndsWith(path, StringComparison.Ordinal));
    }
}
