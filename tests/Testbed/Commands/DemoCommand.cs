using System.Text.Json.Nodes;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;
using YamlDotNet.RepresentationModel;

namespace Stromboli.Testbed.Commands;

/// <summary><c>demo</c>: starts everything, shows one run until it ends, stops everything.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);
    private static readonly string[] Ends = ["Succeeded", "Failed", "Cancelled"];

    /// <summary>Runs the demo.</summary>
    /// <returns>0 if the run succeeded.</returns>
    public static async Task<int> RunAsync(Progress progress, CancellationToken cancellationToken)
    {
        var sample = Repository.At("samples", "hello.yaml");
        if (!File.Exists(sample))
        {
            throw new TestbedException($"{sample} is missing.");
        }

        Prerequisites.Check();
        // A stack that was up before stays up: somebody uses it.
        var wasUp = StackHome.At(UpSettings.Folder).IsAlive;
        try
        {
            await UpCommand.RunAsync(progress, cancellationToken);
            var stack = UpSettings.Open(progress);
            progress.Tell("kubectl apply -f samples/hello.yaml");
            var run = await ApplyAsync(stack, await File.ReadAllTextAsync(sample, cancellationToken), cancellationToken);
            return Print(await WatchAsync(stack.Http, run, cancellationToken));
        }
        finally
        {
            if (wasUp)
            {
                progress.Tell("what was up before stays up: make down ends it");
            }
            else
            {
                await DownCommand.RunAsync(progress, CancellationToken.None);
            }
        }
    }

    // The run of an earlier demo would be taken for this one, so it is deleted first.
    private static async Task<string> ApplyAsync(Stack stack, string yaml, CancellationToken cancellationToken)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        var name = stream
            .Documents.Select(document => document.RootNode)
            .Single(node => node["kind"].ToString() == "AgentRun")["metadata"]["name"]
            .ToString();
        var path = $"/apis/stromboli.dev/v1alpha1/namespaces/default/agentruns/{name}";
        await stack.Http.DeleteAsync(path, cancellationToken);
        await stack.Kubectl.ApplyAsync(yaml, cancellationToken);
        return path;
    }

    private static async Task<JsonNode> WatchAsync(KubeHttp http, string path, CancellationToken cancellationToken)
    {
        using var table = new RunTable();
        return await Poll.ForAsync("the run of samples/hello.yaml ends", Timeout, ProbeAsync, cancellationToken);

        async Task<JsonNode?> ProbeAsync(CancellationToken token)
        {
            var run = await http.GetAsync(path, token) ?? throw new TestbedException("The run was deleted while it was watched.");
            table.Show(run);
            return Ends.Contains(run["status"]?["phase"]?.ToString()) ? run : null;
        }
    }

    private static int Print(JsonNode run)
    {
        var status = run["status"]!;
        Console.WriteLine();
        Console.WriteLine(status["result"]?["text"]?.ToString() ?? status["message"]?.ToString());
        Console.WriteLine();
        return status["phase"]!.ToString() == "Succeeded" ? 0 : 1;
    }
}
