using System.Text.Json.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.EndToEnd.Harness;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>
/// A run whose agent leaves a trace of each of its starts: in the workspace, which a second start in the same attempt would find, and at
/// the model, which hears of starts wherever they are.
/// </summary>
internal static class CountingAgent
{
    /// <summary>Work that goes on until <see cref="LetGoAsync"/>.</summary>
    public const string UntilLetGo = "until [ -e go ]; do sleep 0.1; done";

    /// <summary>Work that is one call of the model under the name that the agent gave itself.</summary>
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
    /// <param name="work">What the agent does between telling of its start and printing all starts of the attempt; shell.</param>
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
    /// <param name="work">What the agent does between telling of its start and printing all starts of the attempt; shell.</param>
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

    /// <summary>Makes the file that the agent waits for; needs neither bridge nor operator.</summary>
    // The agent may end, and its container be removed, before podman has noted that touch has ended: what it says of that is no matter.
    public static Task LetGoAsync(Scene scene, RunHistory run) => scene.NodeOf(run).ExecAsync(run.Uid, "/bin/touch", "/workspace/go");

    /// <summary>Makes that file past the engine too.</summary>
    public static void LetGo(ContainerProcesses processes) => File.WriteAllText($"/proc/{processes.FirstPid}/root/workspace/go", "");

    /// <summary>The names that starts of the run gave themselves at the model.</summary>
    public static IReadOnlyCollection<string> Starts(Scene scene, RunHistory run) =>
        [.. scene.ModelRequests(Word(scene, run.Name)).Select(request => request["model"]!.ToString()).Distinct()];

    /// <summary>The run has ended well, in its first attempt, and its agent was started once, ever.</summary>
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
