using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>What runs leave behind on nodes.</summary>
internal static class Leftovers
{
    private static readonly TimeSpan Timeout = Poll.Timeout;

    /// <summary>Waits until no ended run has a container, deletes the runs, and waits until nothing of them is on any node.</summary>
    public static async Task GoneAfterDeletionAsync(Scene scene, IReadOnlyList<RunHistory> runs)
    {
        await EmptyAsync(
            "the containers of ended runs are gone",
            Timeout,
            () => OfAsync(scene, runs, (node, uid) => ContainersAsync(node, uid))
        );
        await scene.Stack.Http.DeleteAsync(scene.RunsPath);
        await EmptyAsync("nothing of deleted runs is left", Timeout, () => OfAsync(scene, runs, (node, uid) => node.LeftoversAsync(uid)));
    }

    /// <summary>Waits until nothing of the run is left on the node.</summary>
    public static Task GoneAsync(NodeInspector node, string uid, TimeSpan within) =>
        EmptyAsync($"nothing of the run is left on {node.Node.Name}", within, () => node.LeftoversAsync(uid));

    private static async Task EmptyAsync(string what, TimeSpan within, Func<Task<IReadOnlyList<string>>> look)
    {
        IReadOnlyList<string> left = [];
        try
        {
            await Poll.UntilAsync(what, within, async _ => (left = await look()).Count == 0);
        }
        catch (TestbedException e)
        {
            throw new TestbedException($"{e.Message} There is:\n{string.Join('\n', left)}", e);
        }
    }

    private static async Task<IReadOnlyList<string>> ContainersAsync(NodeInspector node, string uid) =>
        [.. (await node.ContainersAsync(uid)).Select(container => $"container {container["Names"]?[0]} {container["State"]}")];

    private static async Task<IReadOnlyList<string>> OfAsync(
        Scene scene,
        IReadOnlyList<RunHistory> runs,
        Func<NodeInspector, string, Task<IReadOnlyList<string>>> look
    )
    {
        List<string> left = [];
        foreach (var node in scene.Nodes)
        {
            foreach (var run in runs)
            {
                left.AddRange(await look(node, run.Uid));
            }
        }

        return left;
    }
}
