using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.EndToEnd.Cli;

/// <summary><c>kubectl stromboli</c>, started by the real kubectl.</summary>
public sealed class CliTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task Run_Wait_EndsWithTheOutcomeAndTheCommandsTellWhatHappened()
    {
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);

        var good = await plugin.RunAsync(PluginCase.Shell("good", "echo the result; exit 0"), "run", "-f", "-", "--wait");
        var bad = await plugin.RunAsync(PluginCase.Shell("bad", "echo the result; exit 7"), "run", "-f", "-", "--wait");
        var retried = await plugin.RunAsync("", "retry", "bad", "--wait", "-o", "json", "--name", "bad-again");
        var list = (await plugin.RunAsync("", "ls", "-o", "wide")).OrThrow("ls").Output;
        var described = (await plugin.RunAsync("", "describe", "bad")).OrThrow("describe").Output;
        var top = (await plugin.RunAsync("", "top")).OrThrow("top");
        var missing = await plugin.RunAsync("", "describe", "no-such-run");

        Assert.Equal((0, "the result\n"), (good.ExitCode, good.Output));
        Assert.Contains("good succeeded", good.Error, StringComparison.Ordinal);
        Assert.Equal(3, bad.ExitCode);
        Assert.Contains("bad failed (", bad.Error, StringComparison.Ordinal);
        Assert.Equal(3, retried.ExitCode);
        Assert.Equal("Failed", JsonNode.Parse(retried.Output)!["status"]!["phase"]!.ToString());
        Assert.Equal("bad", JsonNode.Parse(retried.Output)!["metadata"]!["annotations"]!["stromboli.dev/retry-of"]!.ToString());
        Assert.Matches("(?m)^good +Succeeded +Completed ", list);
        Assert.Matches("(?m)^bad-again +Failed ", list);
        Assert.Contains("Exit code:      7", described, StringComparison.Ordinal);
        Assert.Contains("Attempts:", described, StringComparison.Ordinal);
        Assert.Contains("  the result", described, StringComparison.Ordinal);
        Assert.Matches("Events:\n.*REASON(.*\n)*.* Failed ", described);
        Assert.Contains("No runs are under way.", top.Error, StringComparison.Ordinal);
        Assert.Equal(
            (1, "Error from server (NotFound): agentruns.stromboli.dev \"no-such-run\" not found\n"),
            (missing.ExitCode, missing.Error)
        );
    }

    [Fact]
    public async Task Cancel_RunningRun_EndsIt()
    {
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);
        var waiting = plugin.RunAsync(PluginCase.Shell("long", "sleep 3600"), "run", "-f", "-", "--wait");
        await Poll.UntilAsync("the run is there", Poll.Timeout, () => scene.Runs.Any(run => run.Name == "long"), Cancelled);
        await scene.Run("long").RunningAsync();

        var cancelled = (await plugin.RunAsync("", "cancel", "long", "--wait")).OrThrow("cancel").Output;
        var ended = await waiting;

        Assert.Equal("agentrun.stromboli.dev/long cancelled\n", cancelled);
        Assert.Equal(4, ended.ExitCode);
        Assert.Contains("long: running on", ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupt_WhileWaiting_LeavesTheRunGoing()
    {
        // kubectl replaces itself by the plugin, so the signal reaches the plugin.
        const string Script = """
            "$0" stromboli run -f "$1/run.yaml" --wait -n "$2" 2> "$1/error" &
            until grep -q 'running on' "$1/error" || ! kill -0 $!; do sleep 0.1; done
            kill -TERM $!
            wait $!
            code=$?
            cat "$1/error" >&2
            exit $code
            """;
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);
        var folder = Directory.CreateTempSubdirectory("stromboli-interrupt-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "run.yaml"), PluginCase.Shell("goes-on", "sleep 3600"), Cancelled);

        var interrupted = await Command.RunAsync(
            "/bin/bash",
            ["-c", Script, Artefacts.Kubectl, folder, scene.Namespace],
            environment: plugin.Environment,
            cancellationToken: Cancelled
        );
        Directory.Delete(folder, recursive: true);

        Assert.Equal(130, interrupted.ExitCode);
        Assert.Contains($"kubectl stromboli logs -f goes-on -n {scene.Namespace}", interrupted.Error, StringComparison.Ordinal);
        await scene.Run("goes-on").RunningAsync();
        var cancelled = (await plugin.RunAsync("", "cancel", "goes-on", "--wait")).OrThrow("cancel").Output;
        Assert.Equal("agentrun.stromboli.dev/goes-on cancelled\n", cancelled);
    }

    [Fact]
    public async Task Session_RunsOfAPrompt_ShareTheConversation()
    {
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);

        (await plugin.RunAsync("", "session", "create", "talk", "--permission-mode", "bypassPermissions")).OrThrow("session create");
        var first = await plugin.RunAsync("", "run", "--session", "talk", "--wait", "@bash echo beans > plan\n@say beans it is");
        var second = await plugin.RunAsync("@bash cat plan\n@echo-result\n", "run", "--session", "talk", "--wait", "-");
        var list = (await plugin.RunAsync("", "session", "ls")).OrThrow("session ls").Output;
        var deleted = (await plugin.RunAsync("", "session", "delete", "talk")).OrThrow("session delete").Output;

        Assert.Equal((0, "beans it is\n"), (first.ExitCode, first.Output));
        Assert.Equal((0, "beans\n"), (second.ExitCode, second.Output));
        Assert.Matches(@"(?m)^case-\w+ +talk +\w+ +node-\d +2 ", list);
        Assert.Equal("agentsession.stromboli.dev/talk deleted\n", deleted);
    }

    // A node without a bridge: the others have runs of other cases.
    [Fact]
    public async Task Node_Cordon_SetsUnschedulable()
    {
        var scene = await OnSharedStackAsync();
        var plugin = new PluginCase(scene);
        var node = $"cordoned-{scene.Namespace}";
        await scene.ApplyAsync($"apiVersion: stromboli.dev/v1alpha1\nkind: AgentNode\nmetadata:\n  name: {node}\n");
        try
        {
            (await plugin.RunAsync("", "node", "cordon", node)).OrThrow("node cordon");
            Assert.Equal("true\n", await scene.KubectlAsync("get", "agentnode", node, "-o", "jsonpath={.spec.unschedulable}"));
            Assert.Contains(
                "False (cordoned)",
                (await plugin.RunAsync("", "node", "ls")).OrThrow("node ls").Output,
                StringComparison.Ordinal
            );
            (await plugin.RunAsync("", "node", "uncordon", node)).OrThrow("node uncordon");
            Assert.Equal("false\n", await scene.KubectlAsync("get", "agentnode", node, "-o", "jsonpath={.spec.unschedulable}"));
            Assert.Contains(
                "registry.test/agent:1",
                (await plugin.RunAsync("", "image", "ls", "--node", "node-1")).OrThrow("image ls").Output,
                StringComparison.Ordinal
            );
        }
        finally
        {
            await scene.KubectlAsync("delete", "agentnode", node);
        }
    }

    [Fact]
    public async Task Version_AndCompletion_WorkThroughKubectl()
    {
        var scene = await OnSharedStackAsync();
        await scene.ApplyAsync(PluginCase.Shell("complete-me", "true"));
        var plugin = new PluginCase(scene);

        var version = (await plugin.RunAsync("", "version")).OrThrow("version").Output;
        var strict = await plugin.RunAsync(
            PluginCase.Shell("odd", "true").Replace("prompt:", "noSuchField: 1\n  prompt:", StringComparison.Ordinal),
            "run",
            "-f",
            "-"
        );
        var completed = await Command.RunAsync(
            "/bin/sh",
            ["-c", "kubectl_complete-stromboli logs -n \"$0\" comp", scene.Namespace],
            environment: plugin.Environment,
            cancellationToken: Cancelled
        );

        Assert.Matches("^Client: v\\d+\\.\\d+\\.\\d+\nKubernetes: v1\\.\\d+.*\nAPI: stromboli.dev/v1alpha1\n", version);
        Assert.Equal(1, strict.ExitCode);
        Assert.Contains("noSuchField", strict.Error, StringComparison.Ordinal);
        Assert.Equal("complete-me\n:4\n", completed.OrThrow("kubectl_complete-stromboli").Output);
        Assert.SkipUnless(await KubectlCompletesPluginsAsync(), "The kubectl of this machine is older than 1.26.");
        var below = await Command.RunAsync(
            Artefacts.Kubectl,
            ["__complete", "stromboli", "node", "cord"],
            environment: plugin.Environment,
            cancellationToken: Cancelled
        );
        Assert.StartsWith("cordon\t", below.Output, StringComparison.Ordinal);
    }

    private static async Task<bool> KubectlCompletesPluginsAsync()
    {
        var told = await Command.RunAsync(Artefacts.Kubectl, ["version", "--client", "--output=json"], cancellationToken: Cancelled);
        var minor = JsonNode.Parse(told.OrThrow("kubectl version").Output)!["clientVersion"]!["minor"]!.ToString();
        return int.Parse(minor.TrimEnd('+'), CultureInfo.InvariantCulture) >= 26;
    }
}
