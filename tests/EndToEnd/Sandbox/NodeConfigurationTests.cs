using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>
/// A node's own containers.conf either changes nothing or prevents runs. (ContainersConfTests of the bridge covers each setting.)
/// </summary>
public sealed class NodeConfigurationTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task ContainersConf_Additions_AreOverriddenOrRefused()
    {
        var scene = await OnPrivateStackAsync(new());

        var overridden = await RunUnderAsync(
            scene,
            "overridden",
            """
            [containers]
            env = ["NODE_SECRET=from-the-node"]
            env_host = true
            default_capabilities = ["SYS_ADMIN"]
            netns = "host"
            pidns = "host"
            ipcns = "host"
            userns = "keep-id"
            seccomp_profile = "unconfined"
            init = true
            log_driver = "none"
            """
        );
        Assert.Equal(RunPhase.Succeeded, overridden.Phase);
        Assert.Equal("lo 0000000000000000 2 0 0", overridden.Result?.Text?.TrimEnd());

        foreach (
            var (name, configuration, said) in new[]
            {
                ("volume", "[containers]\nvolumes = [\"/etc:/node-etc:ro\"]", "/node-etc"),
                ("annotation", "[containers]\nannotations = [\"run.oci.keep_original_groups=1\"]", "run.oci.keep_original_groups"),
                (
                    "sysctl",
                    "[containers]\ndefault_sysctls = [\"net.ipv4.ip_unprivileged_port_start=0\"]",
                    "net.ipv4.ip_unprivileged_port_start"
                ),
            }
        )
        {
            var refused = await RunUnderAsync(scene, name, configuration);
            Assert.Equal((RunPhase.Failed, RunReason.PolicyDenied), (refused.Phase, refused.Reason));
            Assert.Contains(said, refused.Message);
            Assert.Null(refused.ExitCode);
            await Poll.UntilAsync(
                "the container is gone",
                Poll.Timeout,
                async _ => (await scene.Nodes.Single().ContainersAsync(scene.Run(name).Uid)).Count == 0
            );
        }
    }

    private static async Task<AgentRunStatus> RunUnderAsync(Scene scene, string name, string configuration)
    {
        var machine = scene.Stack.Nodes.Single().Machine;
        var folder = machine.OutsideOf("/home/node/.config/containers");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "containers.conf"), configuration);
        await machine.Podman.RestartAsync();
        var run = await scene.ApplyRunAsync(
            HeldRun.Yaml(
                name,
                "registry.test/busybox:1",
                """
                echo $(ls /sys/class/net) $(sed -n 's/^CapBnd:[^0-9]*//p; s/^Seccomp:[^0-9]*//p' /proc/self/status) $(env | grep -c NODE_SECRET) $(ls -d /node-etc 2> /dev/null | wc -l)
                """
            )
        );
        return (await run.EndAsync()).Status;
    }
}
