using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>
/// A node whose engine answers but starts no container, like crun on a cgroup hierarchy that it does not support.
/// </summary>
public sealed class UnfitEngineTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Engine_ThatStartsNoContainer_KeepsItsRunWaitingAndSaysSo()
    {
        var scene = await OnPrivateStackAsync(new());
        var node = scene.Stack.Nodes.Single();
        var (machine, runtime) = (node.Machine, "/home/node/runtime");
        await WriteAsync("exec crun \"$@\"");
        var folder = machine.OutsideOf("/home/node/.config/containers");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "containers.conf"), $"[engine.runtimes]\ncrun = [\"{runtime}\"]\n");
        await machine.Podman.RestartAsync(Cancelled);

        await WriteAsync("echo 'no control groups here' >&2; exit 1");
        var run = await scene.ApplyRunAsync(HeldRun.Yaml("run", "registry.test/busybox:1", "echo done"));
        // The bridge tries a container when the engine has come back. If that happens only now, it knows before it has a run.
        var waiting = await run.UntilAsync(
            "is taken back from its node, or never placed there",
            state =>
                state.Status.Attempts?.Count == 1 && state.Status.Attempts[0].Reason == RunReason.NodeUnfit
                || state.Reason == RunReason.WaitingForNode
                    && state.Status.Message!.Contains("Podman cannot run a container: ", StringComparison.Ordinal)
        );
        var attempts = waiting.Status.Attempts?.Count ?? 0;
        Assert.NotEqual(RunPhase.Failed, run.Last.Phase);
        await Poll.UntilAsync(
            "the node tells why it takes no runs",
            TimeSpan.FromSeconds(60),
            async token =>
                await ReadyAsync(scene, token) is { } ready
                && ready.StartsWith("False Podman cannot run a container: ", StringComparison.Ordinal),
            Cancelled
        );

        await WriteAsync("exec crun \"$@\"");
        var end = (await run.EndAsync()).Status;
        Assert.Equal((RunPhase.Succeeded, attempts + 1, attempts), (end.Phase, end.Attempt, end.Retries?.NodeLost ?? 0));

        async Task WriteAsync(string line) =>
            (
                await machine.RunAsync(
                    [
                        "sh",
                        "-c",
                        $"printf '%s\\n' '#!/bin/sh' \"$0\" > {runtime}.new && chmod 755 {runtime}.new && mv {runtime}.new {runtime}",
                        line,
                    ],
                    cancellationToken: Cancelled
                )
            ).OrThrow("Writing the runtime");
    }

    private static async Task<string?> ReadyAsync(Scene scene, CancellationToken cancellationToken)
    {
        var node = await scene.Stack.Http.GetAsync(
            $"/apis/stromboli.dev/v1alpha1/agentnodes/{scene.Stack.Nodes.Single().Name}",
            cancellationToken
        );
        var ready = node?["status"]?["conditions"]?.AsArray().FirstOrDefault(condition => condition!["type"]?.ToString() == "Ready");
        return ready is null ? null : $"{ready["status"]} {ready["message"]}";
    }
}
