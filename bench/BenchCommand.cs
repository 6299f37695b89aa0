using Stromboli.Bench.ApiWrites;
using Stromboli.Bench.ColdStart;
using Stromboli.Bench.Figures;
using Stromboli.Bench.Idle;
using Stromboli.Bench.Runs;
using Stromboli.Kubernetes;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench;

/// <summary>Runs the parts named, or all of them, on one stack of real parts.</summary>
internal static class BenchCommand
{
    private static readonly string[] All = ["idle", "writes", "cold-start"];

    /// <summary>Measures, prints, and stores if every part was measured.</summary>
    /// <returns>0, whatever the figures; 2 for a part that there is not.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args.Except(All).Any())
        {
            await Console.Error.WriteLineAsync($"The parts are: {string.Join(", ", All)}; without any, all of them.");
            return 2;
        }

        var progress = new Progress();
        progress.Tell("a stack of one node");
        var options = new StackOptions
        {
            Node = new NodeOptions { Relayed = false, Published = true },
            Operator = new OperatorOptions { Published = true },
        };
        await using var stack = await Stack.StartAsync("bench", options, cancellationToken);
        var figures = await MeasureAsync(stack, args.Length == 0 ? All : args, progress, cancellationToken);
        FigureTable.Print(figures);
        if (args.Length == 0)
            await FigureFile.WriteAsync(figures, cancellationToken);
        return 0;
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(Stack stack, IReadOnlyCollection<string> parts, Progress progress, CancellationToken cancellationToken)
    {
        using var client = new KubeClient(KubeConfig.Load(stack.ControlPlane.KubeconfigPath));
        using var servers = new ApiServers(stack.ControlPlane);
        await using var events = new RunEvents(client);
        await events.ReadyAsync(cancellationToken);
        var runs = new BenchRuns(stack, events);
        progress.Tell("a first run");
        await runs.RemoveAsync(await runs.RunAsync(cancellationToken), cancellationToken);

        List<Figure> figures = [];
        if (parts.Contains("idle"))
        {
            progress.Tell("idle: memory and writes of a minute with nothing to do");
            figures.AddRange(await new IdleBench(stack, servers, client).RunAsync(cancellationToken));
        }

        if (parts.Contains("writes"))
        {
            progress.Tell("writes: what runs write to the API");
            figures.AddRange(await new WritesBench(servers, runs).RunAsync(5, cancellationToken));
        }

        if (parts.Contains("cold-start"))
        {
            progress.Tell("cold-start: in turn with podman run");
            figures.AddRange(await new ColdStartBench(stack, runs).RunAsync(warmUp: 10, count: 40, cancellationToken));
        }

        return figures;
    }
}
