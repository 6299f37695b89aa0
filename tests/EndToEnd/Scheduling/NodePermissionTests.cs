using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary>Where nodes grant different things to runs, a run goes to a node that grants what it needs.</summary>
public sealed class NodePermissionTests(StackFixture stacks) : EndToEndTests(stacks)
{
    [Fact]
    public async Task NodesThatDiffer_RunsGoWhereTheyCanRun()
    {
        var folder = Directory.CreateTempSubdirectory("stromboli-permitted-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "note"), "from node-2", Cancelled);
        File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
        var scene = await OnPrivateStackAsync(new StackOptions());

        // Only an admin can grant what the only node denies. Another node can bring what it lacks.
        var denied = await scene.ApplyRunAsync(Yaml("denied", "volumes: [{hostPath: /srv/permitted, mountPath: /data}]"));
        var cloned = await scene.ApplyRunAsync(Yaml("cloned", "workspace: {git: {url: \"https://git.invalid/project.git\"}}"));
        var end = (await denied.EndAsync()).Status;
        Assert.Equal((RunPhase.Failed, RunReason.VolumeDenied, null), (end.Phase, end.Reason, end.NodeName));
        Assert.Equal(
            "spec.volumes[0].hostPath /srv/permitted is not allowed on node node-1; its bridge allows what lies below a --allow-volume PREFIX, such as --allow-volume /srv/permitted.",
            end.Message
        );
        var waiting = await cloned.ReasonAsync(RunReason.NoNodeMatches);
        Assert.Equal(
            (RunPhase.Pending, "spec.workspace.git: node node-1 does not clone repositories; start its bridge with --git-image."),
            (waiting.Phase, waiting.Status.Message)
        );

        await scene.Stack.AddNodeAsync(
            "node-2",
            new NodeOptions
            {
                Mounts = [new NodeMount(folder, "/srv/permitted", Writable: false)],
                AllowedVolumes = ["/srv/permitted"],
                PodmanSecrets = new Dictionary<string, string> { ["token"] = "sesame" },
                ExtraArguments = ["--git-image", PodmanNode.GitImage],
            },
            Cancelled
        );

        Assert.Equal("node-2", (await cloned.EndAsync()).Status.NodeName);
        Assert.Equal(RunReason.GitCloneFailed, cloned.Last.Status.Reason);
        // For each of them node-1 is as empty as node-2, and comes first by name.
        var reads = (
            await (
                await scene.ApplyRunAsync(Yaml("reads", "volumes: [{hostPath: /srv/permitted, mountPath: /data}]", "cat /data/note"))
            ).EndAsync()
        ).Status;
        Assert.Equal((RunPhase.Succeeded, "node-2", "from node-2"), (reads.Phase, reads.NodeName, reads.Result?.Text));
        var knows = (
            await (
                await scene.ApplyRunAsync(Yaml("knows", "secretsEnv: [{name: TOKEN, podmanSecret: token}]", "echo ${#TOKEN}"))
            ).EndAsync()
        ).Status;
        Assert.Equal((RunPhase.Succeeded, "node-2", "6\n"), (knows.Phase, knows.NodeName, knows.Result?.Text));
        var kept = (
            await (
                await scene.ApplyRunAsync(Yaml("kept", "secretsEnv: [{name: TOKEN, podmanSecret: token}]\n  nodeName: node-1"))
            ).EndAsync()
        ).Status;
        Assert.Equal((RunPhase.Failed, RunReason.PolicyDenied), (kept.Phase, kept.Reason));
        await AssertShownAsync(scene);
    }

    private static async Task AssertShownAsync(Scene scene)
    {
        await Poll.UntilAsync(
            "the nodes' status tells what they allow",
            Poll.Timeout,
            async _ =>
            {
                var nodes = JsonNode.Parse(await scene.KubectlAsync("get", "agentnodes", "-o", "json"))!["items"]!
                    .AsArray()
                    .ToDictionary(n => n!["metadata"]!["name"]!.ToString(), n => n!["status"]!);
                return nodes["node-1"]["allowedVolumes"] is null
                    && nodes["node-1"]["clonesGit"]?.GetValue<bool>() == false
                    && nodes["node-2"]["allowedVolumes"]?.ToJsonString() == """[{"pathPrefix":"/srv/permitted","readOnly":true}]"""
                    && nodes["node-2"]["allowedPodmanSecrets"]?.ToJsonString() == """["token"]"""
                    && nodes["node-2"]["clonesGit"]?.GetValue<bool>() == true;
            },
            Cancelled
        );
    }

    private static string Yaml(string name, string fields, string script = "true") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              {{fields}}
              agent:
                command: [bash, -c, {{JsonValue.Create(script)!.ToJsonString()}}]
            """;
}
