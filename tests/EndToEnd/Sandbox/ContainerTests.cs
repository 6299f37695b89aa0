using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>The container is what was meant, by the engine's word and as it looks from inside, whatever the image brings along.</summary>
public sealed class ContainerTests(StackFixture stacks) : EndToEndTests(stacks)
{
    // Plain sh, so that it runs in a busybox too. Each line is KEY=VALUE; then it waits to be looked at from outside.
    private const string Look = """
        sed -n 's/^\(CapInh\|CapPrm\|CapEff\|CapBnd\|CapAmb\|NoNewPrivs\|Seccomp\|Uid\|Gid\|Groups\):[[:space:]]*/\1=/p' /proc/self/status
        echo "interfaces=$(sed -n 's/^ *\([^:]*\):.*/\1/p' /proc/net/dev | tr '\n' ' ')"
        echo "routes=$(sed 1d /proc/net/route | wc -l)"
        unshare -Ur true 2> /dev/null && echo "namespaces=made" || echo "namespaces=refused"
        for d in / /etc /usr /run /run/stromboli /opt/stromboli /dev /proc /sys /var; do (: > $d/probe) 2> /dev/null && echo "intruded=$d"; done
        for d in /workspace /home/agent /tmp /var/tmp; do (: > $d/probe) 2> /dev/null && echo "own=$d"; done
        ls /run/stromboli > /dev/null 2>&1 && echo "listed=/run/stromboli" || echo "listed=nothing"
        for s in shim.sock model.sock; do [ -S /run/stromboli/$s ] && echo "socket=$s"; done
        rm -f /run/stromboli/model.sock 2> /dev/null; mv /run/stromboli/model.sock /run/stromboli/other 2> /dev/null; [ -S /run/stromboli/model.sock ] && echo "kept=model.sock"
        echo "volume=$(ls -d /volume/healthy 2> /dev/null)"
        env | sed 's/^/env=/'
        echo "hostname=$(cat /proc/sys/kernel/hostname)"
        echo "resolv=$(grep -c nameserver /etc/resolv.conf)"
        for m in / /run/stromboli /opt/stromboli/shim /tmp /run /var/tmp /workspace /home/agent; do
            sed -n "s#^[0-9]* [0-9]* [0-9:]* [^ ]* $m \([^ ]*\) .*#mount=$m \1#p" /proc/self/mountinfo | tail -1
        done
        echo "end=1"
        while :; do sleep 1; done
        """;

    [Theory]
    [InlineData("agent")]
    [InlineData("hostile")]
    [InlineData("annotated")]
    public async Task Container_WhateverTheImageBrings_IsAsMeant(string image)
    {
        var scene = await OnSharedStackAsync();
        var run = await scene.ApplyRunAsync($$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: look
            spec:
              prompt: not read
              image: registry.test/{{image}}:1
              agent:
                command: [sh, -c, {{JsonValue.Create(Look)!.ToJsonString()}}]
              timeout: 8s
            """);
        await run.RunningAsync();
        var node = scene.NodeOf(run);
        var inspected = await node.InspectAsync(run.Uid);
        var status = (await run.EndAsync()).Status;
        Assert.Equal(RunReason.TimedOut.ToString(), status.Reason?.ToString());

        var seen = (status.Result?.Text ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=', 2)).ToLookup(pair => pair[0], pair => pair[^1]);
        AssertFromInside(seen);
        AssertFromOutside(inspected);
    }

    [Fact]
    public async Task TwoRuns_AtOnce_HaveUsersOfTheirOwn()
    {
        var scene = await OnSharedStackAsync();
        string Yaml(string name) => $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              agent:
                command: [sleep, "60"]
              timeout: 6s
            """;
        var one = await scene.ApplyRunAsync(Yaml("one"));
        var other = await scene.ApplyRunAsync(Yaml("other"));
        await one.RunningAsync();
        await other.RunningAsync();

        var users = new List<int>();
        foreach (var run in new[] { one, other })
        {
            using var processes = await scene.NodeOf(run).ProcessesAsync(run.Uid);
            var line = (await File.ReadAllLinesAsync($"/proc/{processes.FirstPid}/status")).Single(l => l.StartsWith("Uid:", StringComparison.Ordinal));
            users.Add(int.Parse(line.Split('\t')[1]));
        }

        // Neither the bridge's user nor root, on the node; of two nodes the ranges may be the same.
        Assert.All(users, user => Assert.True(user > 65_535, $"The agent is user {user} of the node."));
        if (scene.NodeOf(one).Node.Name == scene.NodeOf(other).Node.Name)
        {
            Assert.NotEqual(users[0], users[1]);
        }
    }

    [Fact]
    public async Task Claude_ImageWithoutGlibc_IsIncompatible()
    {
        var scene = await OnSharedStackAsync();

        var run = await scene.ApplyRunAsync("""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: musl
            spec:
              prompt: hello
              image: registry.test/busybox:1
            """);
        var status = (await run.EndAsync()).Status;

        Assert.Equal(RunReason.ImageIncompatible.ToString(), status.Reason?.ToString());
        Assert.Contains("ld-linux", status.Message);
    }

    private static void AssertFromInside(ILookup<string, string> seen)
    {
        Assert.Equal("1", Assert.Single(seen["end"]));
        Assert.All(new[] { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" }, name => Assert.Equal("0000000000000000", Assert.Single(seen[name])));
        Assert.Equal("1", Assert.Single(seen["NoNewPrivs"]));
        Assert.Equal("2", Assert.Single(seen["Seccomp"]));
        Assert.Equal("refused", Assert.Single(seen["namespaces"]));
        Assert.Equal("lo", Assert.Single(seen["interfaces"]).Trim());
        Assert.Equal("0", Assert.Single(seen["routes"]));
        Assert.Empty(seen["intruded"]);
        Assert.Equal(["/workspace", "/home/agent", "/tmp", "/var/tmp"], seen["own"]);
        Assert.Equal("nothing", Assert.Single(seen["listed"]));
        Assert.Equal(["shim.sock", "model.sock"], seen["socket"]);
        Assert.Equal("model.sock", Assert.Single(seen["kept"]));
        Assert.Equal("", Assert.Single(seen["volume"]));
        Assert.Equal("0", Assert.Single(seen["resolv"]));
        Assert.Equal("agent", Assert.Single(seen["hostname"]));
        var user = Assert.Single(seen["Uid"]).Split('\t', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(user, id => Assert.InRange(int.Parse(id), 10_000, 65_535));
        Assert.DoesNotContain(seen["env"], variable => variable.Contains("from-the-image", StringComparison.Ordinal) || variable.Contains("hostile", StringComparison.OrdinalIgnoreCase) || variable.StartsWith("LD_PRELOAD", StringComparison.Ordinal));
        Assert.Contains("HOME=/home/agent", seen["env"]);
        var mounts = seen["mount"].Select(mount => mount.Split(' ', 2)).ToDictionary(mount => mount[0], mount => mount[1].Split(','));
        Assert.Contains("ro", mounts["/"]);
        Assert.Superset(new HashSet<string> { "ro", "nosuid", "nodev", "noexec" }, mounts["/run/stromboli"].ToHashSet());
        Assert.Superset(new HashSet<string> { "ro", "nosuid", "nodev" }, mounts["/opt/stromboli/shim"].ToHashSet());
        Assert.All(new[] { "/tmp", "/run", "/var/tmp", "/workspace", "/home/agent" }, mount => Assert.Superset(new HashSet<string> { "nosuid", "nodev" }, mounts[mount].ToHashSet()));
    }

    private static void AssertFromOutside(JsonNode inspected)
    {
        var host = inspected["HostConfig"]!;
        var config = inspected["Config"]!;
        Assert.Equal("none", host["NetworkMode"]!.ToString());
        Assert.True(host["ReadonlyRootfs"]!.GetValue<bool>());
        Assert.False(host["Privileged"]!.GetValue<bool>());
        Assert.Empty(inspected["EffectiveCaps"]?.AsArray() ?? []);
        Assert.Empty(inspected["BoundingCaps"]?.AsArray() ?? []);
        Assert.Equal("private", host["PidMode"]!.ToString());
        Assert.Equal("private", host["UTSMode"]!.ToString());
        Assert.Equal("no", host["RestartPolicy"]!["Name"]!.ToString() is "" ? "no" : host["RestartPolicy"]!["Name"]!.ToString());
        Assert.Equal("/opt/stromboli/shim", config["Entrypoint"]!.AsArray().Single()!.ToString());
        Assert.Empty(config["Cmd"]?.AsArray() ?? []);
        Assert.NotEqual("SIGWINCH", config["StopSignal"]?.ToString());
        Assert.Contains(config["Healthcheck"]?["Test"]?.AsArray().Select(word => word!.ToString()) ?? ["NONE"], word => word == "NONE");
        Assert.True(config["Timeout"]!.GetValue<int>() > 0);
        Assert.DoesNotContain(inspected["Mounts"]!.AsArray(), mount => mount!["Destination"]!.ToString().StartsWith("/volume", StringComparison.Ordinal));
        Assert.Equal("k8s-file", host["LogConfig"]!["Type"]!.ToString());
        Assert.DoesNotContain("unconfined", inspected["HostConfig"]!["SecurityOpt"]?.ToJsonString() ?? "");
        var labels = config["Labels"]!.AsObject();
        Assert.NotEqual("from-the-image", labels["stromboli.dev/run-uid"]!.ToString());
        Assert.Contains("stromboli.dev/installation", labels.Select(label => label.Key));
    }
}
