using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>
/// A run whose agent leaves a trace of each start: in the workspace, where a second start in the same attempt would find it, and at the
/// model, which learns of starts on any node.
/// </summary>
internal static class CountingAgent
{
    /// <summary>Work that goes on until <see cref="LetGoAsync"/>.</summary>
    public const string UntilLetGo = "until [ -e go ]; do sleep 0.1; done";

    /// <summary>Work that is one call of the model under the agent's own name.</summary>
    public const string Call =
        """wget -q -O /dev/null --header 'Content-Type: application/json' --post-data "$body" $ANTHROPIC_BASE_URL/v1/messages""";

    private const string TellStart = $$"""
        me=$(cat /proc/sys/kernel/random/uuid)
        echo $me >> starts
        body='{"model":"'$me'","max_tokens":1,"messages":[{"role":"user","content":"'$CASE'"}]}'
        until {{Call}}; do sleep 0.2; done

        """;

    /// <summary>The run as a document to apply.</summary>
    /// <param name="scene">The case.</param>
    /// <param name="name">The run's name.</param>
    /// <param name="work">The shell code that the agent runs between reporting its start and printing all starts of the attempt.</param>
    /// <param name="field">One more field of the spec.</param>
    /// <param name="value">Its value, as JSON.</param>
    public static string Document(Scene scene, string name, string work, string field, string value)
    {
        var document = JsonNode.Parse(Document(scene, name, work))!;
        document["spec"]![field] = JsonNode.Parse(value);
        return document.ToJsonString();
    }

    /// <summary>The run as a document to apply.</summary>
    /// <param name="scene">The case.</param>
    /// <param name="name">The run's name.</param>
    /// <param name="work">The shell code that the agent runs between reporting its start and printing all starts of the attempt.</param>
    public static string Document(Scene scene, string name, string work) =>
        new JsonObject
        {
            ["apiVersion"] = "stromboli.dev/v1alpha1",
            ["kind"] = "AgentRun",
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject
            {
                ["image"] = "registry.test/busybox:1",
                ["prompt"] = "-",
                ["env"] = new JsonArray(new JsonObject { ["name"] = "CASE", ["value"] = Word(scene, name) }),
                ["agent"] = new JsonObject { ["command"] = new JsonArray("sh", "-c", $"{TellStart}{work}\ncat starts") },
            },
        }.ToJsonString();

    /// <summary>Makes the file that the agent waits for. Needs neither bridge nor operator.</summary>
    // The agent may end and its container be removed before podman has noticed the end of touch, so podman's result does not matter.
    public static Task LetGoAsync(Scene scene, RunHistory run) => scene.NodeOf(run).ExecAsync(run.Uid, "/bin/touch", "/workspace/go");

    /// <summary>Makes that file without the engine.</summary>
    public static void LetGo(ContainerProcesses processes) => File.WriteAllText($"/proc/{processes.FirstPid}/root/workspace/go", "");

    /// <summary>The names under which starts of the run called the model.</summary>
    public static IReadOnlyCollection<string> Starts(Scene scene, RunHistory run) =>
        [.. scene.ModelRequests(Word(scene, run.Name)).Select(request => request["model"]!.ToString()).Distinct()];

    /// <summary>Asserts that the run succeeded in its first attempt and that its agent was started only once.</summary>
    public static void AssertRanOnce(Scene scene, RunHistory run)
    {
        var status = run.Last.Status;
        Assert.True(status is { Phase: RunPhase.Succeeded, Reason: RunReason.Completed, Attempt: 1 }, $"{run.Name}: {run.Last}");
        var start = Assert.Single(Starts(scene, run));
        Assert.Equal(
            start,
            Assert.Single(status.Result!.Text!.TrimEnd().Split('\n'), line => line.Length == start.Length && line.Count(c => c == '-') == 4)
        );
    }

    private static string Word(Scene scene, string name) => $"{scene.Namespace}-{name}";
}
