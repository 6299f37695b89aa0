using System.Globalization;
using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Requests;

namespace Stromboli.EndToEnd.Scheduling;

/// <summary>Many runs at once, too many to follow each.</summary>
internal static class WaitingCrowd
{
    /// <summary>The spec of a run that ends at once on any node.</summary>
    public const string Command = """ "agent": {"command": ["true"]} """;

    // Long enough for a busy machine.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(4);

    /// <summary>Creates runs <c>NAME-1</c>, <c>NAME-2</c>, …, several at a time, in the scene's namespace.</summary>
    /// <param name="scene">The scene.</param>
    /// <param name="name">The prefix of their names.</param>
    /// <param name="count">How many.</param>
    /// <param name="spec">The members of the spec besides the prompt, as the inside of a JSON object.</param>
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

    /// <summary>Waits until the watcher has seen that many runs whose last state matches.</summary>
    public static Task UntilAsync(Scene scene, string what, int count, Func<RunState, bool> isSo) =>
        Poll.UntilAsync($"{count} runs {what}", Timeout, () => Now(scene).Count(isSo) == count, TestContext.Current.CancellationToken);

    /// <summary>The requests to the API servers within a time, except those of an idle operator and of this case.</summary>
    public static async Task<IReadOnlyDictionary<ApiCall, int>> RequestsAsync(Scene scene, Func<Task> meanwhile)
    {
        using var servers = new ApiServers(scene.Stack.ControlPlane);
        var before = await servers.ReadAsync(TestContext.Current.CancellationToken);
        await meanwhile();
        var all = ApiServers.Between(before, await servers.ReadAsync(TestContext.Current.CancellationToken));
        return all.Where(pair => pair.Key.Resource is "agentruns" or "agentnodes" or "events" or "secrets" or "configmaps").ToDictionary();
    }

    /// <summary>
    /// How many of the requests are for these resources. Lists and deletes do not count: kube-controller-manager's garbage collector lists each
    /// kind that it discovers, and its namespace controller deletes what is in a namespace that ends. The operator deletes nothing here.
    /// </summary>
    public static int Of(this IReadOnlyDictionary<ApiCall, int> requests, params string[] resources) =>
        requests.Where(pair => resources.Contains(pair.Key.Resource) && pair.Key.Verb is not ("LIST" or "DELETE")).Sum(pair => pair.Value);
}
