using System.Text;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Harness;

/// <summary>The report of a failed case, for people.</summary>
internal static class FailureReport
{
    private const int LogLines = 40;

    /// <summary>
    /// The objects with their histories and events, what the nodes run, and the ends of the logs. Parts that cannot be read are named.
    /// </summary>
    public static async Task<string> OfAsync(Scene scene)
    {
        var text = new StringBuilder();
        await PartAsync(text, "agentruns", () => scene.KubectlAsync("get", "agentruns.stromboli.dev", "-o", "yaml"));
        foreach (var run in scene.Runs)
        {
            await PartAsync(text, $"what a watcher saw of {run.Name}", () => Task.FromResult(string.Join('\n', run.States)));
        }

        await PartAsync(text, "events", () => scene.KubectlAsync("get", "events", "--sort-by=.metadata.creationTimestamp"));
        await PartAsync(text, "agentnodes", () => scene.KubectlAsync("get", "agentnodes", "-o", "wide"));
        foreach (var node in scene.Stack.Nodes)
        {
            await PartAsync(text, $"podman ps on {node.Name}", () => node.Machine.PodmanAsync("ps", "--all"));
        }

        foreach (var process in scene.Stack.Programs)
        {
            await PartAsync(
                text,
                $"{process.LogPath}, its end{(process.Ends is { Count: > 0 } ends ? $" (it ended by itself with {string.Join(", ", ends)})" : "")}",
                () => Task.FromResult(Tail(process, scene))
            );
        }

        return text.ToString();
    }

    // All lines about this case, and the last lines about anything.
    private static string Tail(ServiceProcess process, Scene scene)
    {
        var words = scene.Runs.Where(run => run.States.Count > 0).Select(run => run.Uid).Append(scene.Namespace).ToList();
        var lines = process.ReadLog().TrimEnd().Split('\n');
        return string.Join(
            '\n',
            lines.Where((line, i) => i >= lines.Length - LogLines || words.Exists(word => line.Contains(word, StringComparison.Ordinal)))
        );
    }

    private static async Task PartAsync(StringBuilder text, string title, Func<Task<string>> read)
    {
        string body;
        try
        {
            body = await read().WaitAsync(TimeSpan.FromSeconds(20));
        }
        catch (Exception e)
        {
            body = $"cannot be had: {e.Message}";
        }

        text.Append("=== ").AppendLine(title).AppendLine(body.TrimEnd());
    }
}
