using System.Diagnostics;
using System.Globalization;
using Stromboli.Bench.Figures;
using Stromboli.Bench.Idle;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.SimulatedNodes;
using Stromboli.Testbed;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.OperatorThroughput;

/// <summary>
/// Many runs on many nodes, which are simulated: how fast the operator takes them from their creation to their end, against a client that makes the same writes and
/// does nothing else; and what the operator holds of runs that have ended.
/// </summary>
internal sealed class OperatorThroughputBench(Progress progress)
{
    private const int Nodes = 100;
    private const int Runs = 2000;
    private const int Rounds = 5;
    private const int BareRuns = 1000;
    private const int Creators = 32;
    private const string Namespace = "default";
    private static readonly int[] Parallelisms = [8, 16, 32, 64];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    /// <summary>Measures, on a stack of its own.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var options = new StackOptions { Nodes = 0, Operator = new OperatorOptions { Published = true } };
        await using var stack = await Stack.StartAsync("operator-throughput", options, cancellationToken);
        using var client = new KubeClient(KubeConfig.Load(stack.ControlPlane.KubeconfigPath), new KubeClientOptions { QueriesPerSecond = 1e6, Burst = 1_000_000 });
        await using var recorder = new WriteRecorder(client);
        await recorder.ReadyAsync(cancellationToken);

        List<double> rates = [];
        List<double> endings = [];
        List<double> cpu = [];
        IReadOnlyCollection<RecordedRun> last = [];
        var nodes = await SimulatedNode.JoinAsync(stack, Nodes, new() { RunsFor = TimeSpan.FromMilliseconds(100) }, cancellationToken);
        for (var round = 1; round <= Rounds; round++)
        {
            recorder.Clear();
            var before = ProcessorTime(stack);
            var began = Stopwatch.GetTimestamp();
            await CreateAsync(client, round, cancellationToken);
            await Poll.UntilAsync($"{Runs} runs end", Patience, () => recorder.Ended >= Runs, cancellationToken);
            await EventsAsync(recorder, cancellationToken);
            last = recorder.Runs;
            var ended = last.Max(run => run.Ended!.Value);
            var all = Stopwatch.GetElapsedTime(began, Math.Max(ended, recorder.LastEvent));
            rates.Add(Runs / all.TotalSeconds);
            endings.Add(Runs / Stopwatch.GetElapsedTime(began, ended).TotalSeconds);
            cpu.Add((ProcessorTime(stack) - before).TotalMilliseconds / Runs);
            progress.Tell(string.Create(CultureInfo.InvariantCulture, $"operator-throughput, round {round}: {rates[^1]:0} runs/s ({endings[^1]:0}/s without their events), {cpu[^1]:0.0} ms of processor time a run"));
        }

        foreach (var node in nodes.Where(node => node.Most.Runs > new SimulatedNodeOptions().MaxRuns))
            throw new InvalidOperationException($"{node.Name} had {node.Most.Runs} runs at once.");
        await Task.Delay(Settled, cancellationToken);
        var memory = ResidentMemory.Of(stack.Operator);
        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        await stack.Operator.KillAsync(cancellationToken);
        var baseline = await BaselineAsync(client, [.. last.Take(BareRuns)], cancellationToken);
        return
        [
            new("operator-throughput", Median(rates), "runs/s") { Baseline = baseline, AtLeast = 0.7 },
            new("operator-throughput-best", rates.Max(), "runs/s") { Baseline = baseline },
            new("operator-throughput-ends", Median(endings), "runs/s"),
            new("operator-writes-per-run", last.Average(run => run.Statuses.Count), "writes"),
            new("operator-events-per-run", last.Average(run => run.Events.Count), "writes"),
            new("operator-cpu-per-run", Median(cpu), "ms"),
            new($"memory-operator-{Rounds * Runs}-finished", memory, "MB") { Aim = 300 },
        ];
    }

    private async Task<double> BaselineAsync(KubeClient client, IReadOnlyCollection<RecordedRun> recorded, CancellationToken cancellationToken)
    {
        var bare = new BareClient(client, Namespace);
        var best = 0.0;
        foreach (var parallel in Parallelisms)
        {
            var rate = await bare.RunAsync(recorded, parallel, cancellationToken);
            best = Math.Max(best, rate);
            progress.Tell(string.Create(CultureInfo.InvariantCulture, $"operator-throughput, bare client, {parallel} at once: {rate:0} runs/s"));
        }

        return best;
    }

    private static Task CreateAsync(KubeClient client, int round, CancellationToken cancellationToken) =>
        Parallel.ForAsync(0, Runs, new ParallelOptions { MaxDegreeOfParallelism = Creators, CancellationToken = cancellationToken }, async (i, stop) =>
            await client.CreateAsync(
                AgentRunResource.Type,
                new AgentRun
                {
                    Metadata = new() { Name = string.Create(CultureInfo.InvariantCulture, $"round-{round}-{i}"), Namespace = Namespace },
                    Spec = new AgentRunSpec { Prompt = new string('p', 1024), Agent = new() { Command = ["true"] } },
                },
                null,
                stop));

    // Until none has come for a while: they are written in the background, and may be dropped.
    private static Task EventsAsync(WriteRecorder recorder, CancellationToken cancellationToken) => Poll.UntilAsync(
        "no more events come", Patience, () => Stopwatch.GetElapsedTime(recorder.LastEvent) > Settled, cancellationToken);

    private static TimeSpan ProcessorTime(Stack stack)
    {
        using var process = Process.GetProcessById(stack.Operator.Pid);
        return process.TotalProcessorTime;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
