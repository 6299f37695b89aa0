using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>The same run in several images. Two have everything that an image can configure, and one has no C library.</summary>
public sealed class ConfinementScenario(StackFixture stacks) : Scenario(stacks)
{
    /// <summary>The images.</summary>
    public static readonly string[] Images = ["agent", "busybox", "hostile", "annotated"];

    private readonly Dictionary<string, JsonNode> _inspected = [];
    private readonly Dictionary<string, JsonNode> _configs = [];
    private readonly Dictionary<string, ILookup<string, string>> _inside = [];
    private readonly Dictionary<string, ILookup<string, string>> _status = [];
    private readonly Dictionary<string, HeldRun> _runs = [];

    /// <summary><c>podman inspect</c> of the running container.</summary>
    internal JsonNode Inspected(string image) => _inspected[image];

    /// <summary>The configuration that the OCI runtime was given.</summary>
    internal JsonNode Config(string image) => _configs[image];

    /// <summary>What the agent saw: <c>KEY: VALUE</c>.</summary>
    internal ILookup<string, string> Inside(string image) => _inside[image];

    /// <summary><c>/proc/PID/status</c> of the agent's first process, as this machine sees it.</summary>
    internal ILookup<string, string> Status(string image) => _status[image];

    internal HeldRun Run(string image) => _runs[image];

    /// <inheritdoc/>
    protected override Task PlayAsync() => Task.WhenAll(Images.Select(PlayAsync));

    private async Task PlayAsync(string image)
    {
        var run = await HeldRun.StartAsync(Scene, HeldRun.Yaml($"in-{image}", $"registry.test/{image}:1", Look));
        await run.HearAsync("seen");
        var config = await run.ReadOciConfigAsync();
        using var processes = await run.Node.ProcessesAsync(run.Run.Uid);
        var agent = processes.Alive().Single(process => process.Value.StartsWith("sh -c", StringComparison.Ordinal)).Key;
        var status = Pairs(await File.ReadAllTextAsync(string.Create(CultureInfo.InvariantCulture, $"/proc/{agent}/status")));
        run.Tell("end");
        var inside = Pairs((await run.Run.EndAsync()).Status.Result?.Text ?? "");
        lock (_runs)
        {
            (_runs[image], _inspected[image], _configs[image], _status[image], _inside[image]) = (
                run,
                run.Inspected,
                config,
                status,
                inside
            );
        }
    }

    private static ILookup<string, string> Pairs(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(':', 2))
            .ToLookup(pair => pair[0], pair => pair[^1].Trim(), StringComparer.Ordinal);

    private const string Look = """
        env | sed 's/^/env: /'
        while read -r _ _ _ _ path flags rest; do echo "mount: $path $flags ${rest##* }"; done < /proc/self/mountinfo
        sed -n 's/^Max \(core file size\|processes\|pending signals\|nice priority\|realtime priority\)  *\([0-9]*\)  *\([0-9]*\) .*/limit: \1 \2 \3/p' /proc/self/limits
        echo "pwd: $(pwd)"; echo "id: $(id)"; echo "hostname: $(cat /proc/sys/kernel/hostname)"
        cat /etc/hosts | sed 's/^/hosts: /'; cat /etc/resolv.conf | sed 's/^/resolv: /'
        for path in / /etc /usr /run /run/stromboli /opt/stromboli /dev /sys /sys/fs/cgroup /proc/sys/kernel/hostname /volume; do
            if [ -d $path ]; then touch $path/probe; else echo x > $path; fi 2> /dev/null && echo "writable: $path"
        done
        for path in /workspace /home/agent /tmp /var/tmp /dev/shm; do touch $path/probe && echo "own: $path"; done
        for folder in /var/tmp /dev/shm /tmp; do printf '#!/bin/sh\n' > $folder/run; chmod +x $folder/run; $folder/run 2> /dev/null && echo "executable: $folder"; done
        unshare -Ur true 2> /dev/null && echo "namespace: made"
        ls /run/stromboli > /dev/null 2>&1 && echo "listed: /run/stromboli"
        ls /sys/class/net | sed 's/^/link: /'
        touch /workspace/seen; until [ -e /workspace/end ]; do sleep 0.05; done
        """;
}
