using System.Globalization;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Requests;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary>Many runs at once: more than one can follow one by one.</summary>
internal static class WaitingCrowd
{
    /// <summary>A run that any node ends at once.</summary>
    public const string Command = """ "agent": {"command": ["true"]} """;

    // Long for a machine that does other work too.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    /// <summary>Creates runs <c>NAME-1</c>, <c>NAME-2</c>, …, some at once, in the scene's namespace.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="name">How their names begin.</param>
    /// <param name="count">How many.</param>
    /// <param name="spec">What a run's spec has besides the prompt, as the inside of a JSON object.</param>
    public static Task CreateAsync(Scene scene, string name, int count, string spec = Command) =>
        Parallel.ForAsync(
            1,
            count + 1,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
            async (i, stop) => await CreateAsync(scene, string.Create(CultureInfo.InvariantCulture, $"{name}-{i}"), spec, stop)
        );

    /// <summary>Creates one run.</summary>
    /// <returns>Its UID.</returns>
    public static async Task<string> CreateAsync(Scene scene, string name, string spec, CancellationToken stop)
    {
        var document = $$"""
            {"apiVersion": "stromboli.dev/v1alpha1", "kind": "AgentRun", "metadata": {"name": "{{name}}"}, "spec": {"prompt": "not read", {{spec}} } }
            """;
        return (await scene.Stack.Http.CreateAsync(scene.RunsPath, document, stop))["metadata"]!["uid"]!.GetValue<string>();
    }

    /// <summary>The last state of each run that the watcher has seen.</summary>
    public static IEnumerable<RunState> Now(Scene scene) => scene.Runs.Where(run => run.States.Count > 0).Select(run => run.Last);

    /// <summary>Waits until the watcher has seen that many runs of which this is so now.</summary>
    public static Task UntilAsync(Scene scene, string what, int count, Func<RunState, bool> isSo) =>
        Poll.UntilAsync($"{count} runs {what}", Patience, () => Now(scene).Count(isSo) == count, TestContext.Current.CancellationToken);

    /// <summary>What was asked of the API servers within a time, but for what every idle operator and this case ask.</summary>
    public static async Task<IReadOnlyDictionary<ApiCall, int>> RequestsAsync(Scene scene, Func<Task> meanwhile)
    {
        using var servers = new ApiServers(scene.Stack.ControlPlane);
        var before = await servers.ReadAsync(TestContext.Current.CancellationToken);
        await meanwhile();
        var all = ApiServers.Between(before, await servers.ReadAsync(TestContext.Current.CancellationToken));
        return all.Where(pair => pair.Key.Resource is "agentruns" or "agentnodes" or "events" or "secrets" or "configmaps").ToDictionary();
    }

    /// <summary>
    /// How many of the requests are for these resources; lists are left out, since kube-controller-manager's garbage collector lists a kind
    /// when it has found it.
    /// </summary>
    public static int Of(this IReadOnlyDictionary<ApiCall, int> requests, params string[] resources) =>
        requests.Where(pair => resources.Contains(pair.Key.Resource) && pair.Key.Verb != "LIST").Sum(pair => pair.Value);
}
