using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Sandbox;

/// <summary>A run under way. Its agent and the test synchronise through files in its workspace.</summary>
internal sealed class HeldRun
{
    private HeldRun(RunHistory run, NodeInspector node, JsonNode inspected) => (Run, Node, Inspected) = (run, node, inspected);

    /// <summary>The run.</summary>
    public RunHistory Run { get; }

    /// <summary>Its node.</summary>
    public NodeInspector Node { get; }

    /// <summary><c>podman inspect</c> of its running container.</summary>
    public JsonNode Inspected { get; }

    /// <summary>The shim's pid on this machine.</summary>
    public int FirstPid => Inspected["State"]!["Pid"]!.GetValue<int>();

    /// <summary>Its folder of the bridge's state, as this machine sees it.</summary>
    public string StatePath => Path.Combine(Node.Node.Bridge.StatePath, "attempts", $"{Run.Uid}-1");

    /// <summary>Its run directory, as the node sees it.</summary>
    public string RunDirectory => string.Create(CultureInfo.InvariantCulture, $"/run/user/{Node.Node.Machine.User}/stromboli/{Run.Uid}-1");

    private string Workspace =>
        Node.Node.Machine.OutsideOf(
            Inspected["Mounts"]!.AsArray().Single(mount => mount!["Destination"]!.ToString() == "/workspace")!["Source"]!.ToString()
        );

    /// <summary>Applies a run and waits until its agent runs.</summary>
    public static async Task<HeldRun> StartAsync(Scene scene, string yaml)
    {
        var run = await scene.ApplyRunAsync(yaml);
        await run.RunningAsync();
        var node = scene.NodeOf(run);
        return new HeldRun(run, node, await node.InspectAsync(run.Uid));
    }

    /// <summary>The YAML of a run of <c>sh -c</c>; <c>more</c> are further fields of the spec, each line indented by two spaces.</summary>
    public static string Yaml(string name, string image, string script, string more = "") =>
        $$"""
            apiVersion: stromboli.dev/v1alpha1
            kind: AgentRun
            metadata:
              name: {{name}}
            spec:
              prompt: not read
              image: {{image}}
              agent:
                command: [sh, -c, {{JsonValue.Create(script)!.ToJsonString()}}]
              output:
                statusBytes: 32Ki
              timeout: 2m
            {{more}}
            """;

    /// <summary>Makes a file in the workspace.</summary>
    public void Tell(string file) => File.WriteAllBytes(Path.Combine(Workspace, file), []);

    /// <summary>Waits for a file in the workspace.</summary>
    public Task HearAsync(string file) =>
        Poll.UntilAsync(
            $"{Run.Name} has made {file}",
            Poll.Timeout,
            () => File.Exists(Path.Combine(Workspace, file)) || Run.Last.IsFinished
        );

    /// <summary>The configuration that the OCI runtime was given.</summary>
    public async Task<JsonNode> ReadOciConfigAsync() =>
        JsonNode.Parse(await File.ReadAllTextAsync(Node.Node.Machine.OutsideOf(Inspected["OCIConfigPath"]!.ToString())))!;

    /// <summary>The container's log on the node.</summary>
    public Task<string> ReadLogAsync() => File.ReadAllTextAsync(Path.Combine(StatePath, "log"));
}
