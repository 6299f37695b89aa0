using Stromboli.Bench.ApiWrites;
using Stromboli.Bench.CancelLatency;
using Stromboli.Bench.CliStart;
using Stromboli.Bench.ColdStart;
using Stromboli.Bench.Figures;
using Stromboli.Bench.Idle;
using Stromboli.Bench.Kills;
using Stromboli.Bench.LogStream;
using Stromboli.Bench.Neighbours;
using Stromboli.Bench.NodeThroughput;
using Stromboli.Bench.OperatorMemory;
using Stromboli.Bench.OperatorThroughput;
using Stromboli.Bench.Steps;
using Stromboli.Bench.Webhooks;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Requests;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench;

/// <summary>Runs the named parts, or all of them, on stacks of real parts.</summary>
internal static class BenchCommand
{
    private static readonly string[] Measured = ["idle", "writes", "cold-start", "cancel", "neighbours", "log-stream"];
    private const string NodeThroughput = "node-throughput";
    private const string OperatorThroughput = "operator-throughput";
    private const string OperatorMemory = "operator-memory";
    private const string Webhooks = "webhooks";
    private const string CliStart = "cli-start";

    /// <summary>Runs only on request: it takes a quarter of an hour, and passes or fails instead of measuring.</summary>
    private const string Kills = "kills";
    private static readonly string[] All = [.. Measured, NodeThroughput, OperatorThroughput, OperatorMemory, Webhooks, CliStart, "steps"];

    /// <summary>Measures and prints. Stores the figures if every part was measured.</summary>
    /// <returns>0 whatever the figures are; 1 if kills were requested and a run did not end as it should; 2 for an unknown part.</returns>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        if (args.Except([.. All, Kills]).Any())
        {
            await Console.Error.WriteLineAsync($"The parts are: {string.Join(", ", All)}, which all run by default, and {Kills}.");
            return 2;
        }

        var parts = args.Length == 0 ? All : args;
        var progress = new Progress();
        List<Figure> figures = [];
        if (parts.Intersect(Measured).Any())
        {
            figures.AddRange(await MeasureAsync(parts, progress, cancellationToken));
        }

        if (parts.Contains(NodeThroughput))
        {
            progress.Tell("node-throughput: a stack of one node, in turn with libpod by hand");
            figures.AddRange(await new NodeThroughputBench(progress).RunAsync(cancellationToken));
        }

        if (parts.Contains(OperatorThroughput))
        {
            progress.Tell("operator-throughput: a stack of simulated nodes");
            figures.AddRange(await new OperatorThroughputBench(progress).RunAsync(cancellationToken));
        }

        if (parts.Contains(OperatorMemory))
        {
            progress.Tell("operator-memory: a stack without nodes");
            figures.AddRange(await new OperatorMemoryBench(progress).RunAsync(cancellationToken));
        }

        if (parts.Contains(Webhooks))
        {
            progress.Tell("webhooks: a stack without nodes, whose runs are cancelled before they start");
            figures.AddRange(await new WebhookBench(progress).RunAsync(cancellationToken));
        }

        if (parts.Contains(CliStart))
        {
            progress.Tell("cli-start: kubectl stromboli version --client, in turn with kubectl version --client");
            figures.AddRange(await CliStartBench.RunAsync(warmUp: 4, count: 40, cancellationToken));
        }

        if (parts.Contains("steps"))
        {
            progress.Tell("steps: where the time of a cold start goes, on a stack of the plain build");
            using var steps = new StepsBench();
            StepTable.Print(await steps.RunAsync(warmUp: 10, count: 15, cancellationToken));
        }

        if (parts.Contains(Kills))
        {
            var settings = KillsSettings.Read();
            progress.Tell($"kills: a stack of two nodes, {settings.Kills} kills, seed {settings.Seed}");
            figures.AddRange(await new KillsBench(progress).RunAsync(settings, cancellationToken));
        }

        if (figures.Count > 0)
        {
            FigureTable.Print(figures);
        }

        if (args.Length == 0)
        {
            await FigureFile.WriteAsync(figures, cancellationToken);
        }

        return parts.Contains(Kills) && figures.Any(figure => figure.Met == false) ? 1 : 0;
    }

    private static async Task<IReadOnlyList<Figure>> MeasureAsync(
        IReadOnlyCollection<string> parts,
        Progress progress,
        CancellationToken cancellationToken
    )
    {
        progress.Tell("a stack of one node");
        var options = new StackOptions { Node = new NodeOptions { Relayed = false } };
        await using var stack = await Stack.StartAsync("bench", options, cancellationToken: cancellationToken);
        await using var session = await BenchSession.OpenAsync(stack, cancellationToken);
        using var servers = new ApiServers(stack.ControlPlane);
        progress.Tell("a first run");
        await session.Runs.RemoveAsync(await session.Runs.RunAsync(cancellationToken), cancellationToken);

        List<Figure> figures = [];
        if (parts.Contains("idle"))
        {
            progress.Tell("idle: memory and writes of a minute with nothing to do");
            figures.AddRange(await new IdleBench(stack, servers, session.Client).RunAsync(cancellationToken));
        }

        if (parts.Contains("writes"))
        {
            progress.Tell("writes: what runs write to the API");
            figures.AddRange(await new WritesBench(servers, session.Runs).RunAsync(5, cancellationToken));
        }

        if (parts.Contains("cold-start"))
        {
            progress.Tell("cold-start: in turn with podman run");
            figures.AddRange(await new ColdStartBench(stack, session.Runs).RunAsync(warmUp: 10, count: 40, cancellationToken));
            figures.AddRange(ResidentMemory.Of(stack, "-later"));
        }

        if (parts.Contains("cancel"))
        {
            progress.Tell("cancel: from the write of cancel to the end of an agent that ignores signals");
            figures.AddRange(await new CancelBench(session.Runs).RunAsync(warmUp: 3, count: 30, cancellationToken));
        }

        if (parts.Contains("neighbours"))
        {
            progress.Tell("neighbours: the pace of one run beside another that floods the gateway");
            figures.AddRange(await new NeighbourBench(stack).RunAsync(cancellationToken));
        }

        if (parts.Contains("log-stream"))
        {
            progress.Tell("log-stream: the log of a run through the API server, in turn with a file from an HTTPS server");
            figures.AddRange(await new LogStreamBench(stack, session.Runs).RunAsync(warmUp: 1, count: 7, cancellationToken));
        }

        return figures;
    }
}
