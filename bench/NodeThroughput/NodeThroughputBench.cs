using System.Diagnostics;
using System.Globalization;
using Stromboli.Bench.Figures;
using Stromboli.Bench.OperatorThroughput;
using Stromboli.Bench.Runs;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.NodeThroughput;

/// <summary>
/// Many runs of <c>true</c> on one node at once, from the first create until the last container is gone and the last end stored, compared
/// with as many containers by hand: with processors that only the node has, as on a real node, and with all processors shared.
/// </summary>
internal sealed class NodeThroughputBench(Progress progress)
{
    private const int Runs = 64;
    private const int Rounds = 5;
    private const int SharedRounds = 3;
    private static readonly int[] Parallelisms = [2, 4, 8, 16];
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(3);

    /// <summary>Measures, on a stack of its own.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var options = new StackOptions
        {
            Node = new NodeOptions { Relayed = false, MaxRuns = Runs },
        };
        await using var stack = await Stack.StartAsync("node-throughput", options, cancellationToken: cancellationToken);
        using var client = new KubeClient(
            KubeConfig.Load(stack.ControlPlane.KubeconfigPath),
            new KubeClientOptions { QueriesPerSecond = 1e6, Burst = 1_000_000 }
        );
        await using var recorder = new WriteRecorder(client);
        await recorder.ReadyAsync(cancellationToken);
        using var libpod = new LibpodCycles(stack.Nodes[0].Machine);

        // A warm-up, which is not counted.
        await OursAsync(stack, client, recorder, libpod, 8, cancellationToken);
        await libpod.RunAsync(8, 4, cancellationToken);
        Task<Sides> MeasureAsync(string name, int rounds) =>
            this.MeasureAsync(
                name,
                rounds,
                stack.Nodes[0].Machine,
                () => OursAsync(stack, client, recorder, libpod, Runs, cancellationToken),
                libpod,
                cancellationToken
            );
        var here = Processors.Here;
        var shared = await MeasureAsync("all processors shared", here.CanBeParted ? SharedRounds : Rounds);
        if (!here.CanBeParted)
        {
            return Figures(shared, shared);
        }

        await Processors.PinAsync(
            here.First,
            [.. Processors.OfControlPlane(stack), stack.Operator.Pid, stack.Model.Pid, Environment.ProcessId],
            cancellationToken
        );
        await Processors.PinAsync(here.Second, stack.Nodes[0].Machine.Processes.Processes(), cancellationToken);
        try
        {
            return Figures(await MeasureAsync($"the node has processors {here.Second}", Rounds), shared);
        }
        finally
        {
            await Processors.PinAsync(here.All, [Environment.ProcessId], CancellationToken.None);
        }
    }

    private static IReadOnlyList<Figure> Figures(Sides own, Sides shared) =>
        [
            new("node-throughput", own.Ours, "cycles/s") { Baseline = own.ByHand, AtLeast = 0.9 },
            new("node-throughput-shared", shared.Ours, "cycles/s") { Baseline = shared.ByHand },
            new("node-cpu-per-run", own.OurCpu, "ms") { Baseline = own.CpuByHand },
        ];

    // Alternately; the best of the runs by hand counts.
    private async Task<Sides> MeasureAsync(
        string name,
        int rounds,
        PodmanNode node,
        Func<Task<double>> oursAsync,
        LibpodCycles libpod,
        CancellationToken cancellationToken
    )
    {
        List<double> ours = [];
        List<double> cpu = [];
        var byHand = Parallelisms.ToDictionary(parallel => parallel, _ => new List<double>());
        var cpuByHand = Parallelisms.ToDictionary(parallel => parallel, _ => new List<double>());
        for (var round = 1; round <= rounds; round++)
        {
            var before = node.Processes.ProcessorTime;
            ours.Add(await oursAsync());
            cpu.Add(PerRun(node, before));
            foreach (var parallel in Parallelisms)
            {
                before = node.Processes.ProcessorTime;
                byHand[parallel].Add(await libpod.RunAsync(Runs, parallel, cancellationToken));
                cpuByHand[parallel].Add(PerRun(node, before));
            }

            progress.Tell(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"node-throughput, {name}, round {round}: {ours[^1]:0.0} cycles/s, by hand {string.Join(", ", byHand.Select(pair => $"{pair.Value[^1]:0.0} at {pair.Key}"))}; {cpu[^1]:0} ms of the node's processors a run"
                )
            );
        }

        var best = Parallelisms.MaxBy(parallel => Median(byHand[parallel]));
        return new(Median(ours), Median(byHand[best]), Median(cpu), Median(cpuByHand[best]));
    }

    private static double PerRun(PodmanNode node, TimeSpan before) => (node.Processes.ProcessorTime - before).TotalMilliseconds / Runs;

    private static async Task<double> OursAsync(
        Stack stack,
        KubeClient client,
        WriteRecorder recorder,
        LibpodCycles libpod,
        int count,
        CancellationToken cancellationToken
    )
    {
        recorder.Clear();
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = count, CancellationToken = cancellationToken },
            async (i, stop) => await client.CreateAsync(AgentRunResource.Type, Document(i), null, stop)
        );
        await Poll.UntilAsync($"{count} runs end", Timeout, () => recorder.Ended >= count, cancellationToken);
        await Poll.UntilAsync("their containers are gone", Timeout, libpod.HasNoContainersAsync, cancellationToken);
        var rate = count / Stopwatch.GetElapsedTime(began).TotalSeconds;
        if (recorder.Runs.FirstOrDefault(run => run.Statuses is not [.., { Phase: RunPhase.Succeeded }]) is { } other)
        {
            throw new InvalidOperationException($"A run did not succeed: {other.Statuses[^1].Message}");
        }

        await RemoveAsync(stack, client, count, cancellationToken);
        return rate;
    }

    private static async Task RemoveAsync(Stack stack, KubeClient client, int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < count; i++)
        {
            await client.DeleteAsync(AgentRunResource.Type, NamespacedName.Of(Document(i)), cancellationToken: cancellationToken);
        }

        var attempts = Path.Combine(stack.Nodes[0].Bridge.StatePath, "attempts");
        await Poll.UntilAsync(
            "the node has nothing of them",
            Timeout,
            () => Directory.GetDirectories(attempts).Length == 0,
            cancellationToken
        );
    }

    private static AgentRun Document(int i) =>
        new()
        {
            Metadata = new() { Name = string.Create(CultureInfo.InvariantCulture, $"run-{i}"), Namespace = BenchRuns.Namespace },
            // The engine bounds a cycle, so limits must not bound the number of runs on the node.
            Spec = new AgentRunSpec
            {
                Prompt = "-",
                Image = BenchRuns.Image,
                Agent = new() { Command = ["true"] },
                Resources = new()
                {
                    Limits = new() { Cpu = new("10m"), Memory = new("16Mi") },
                },
            },
        };

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private sealed record Sides(double Ours, double ByHand, double OurCpu, double CpuByHand);
}
