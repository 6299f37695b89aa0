using System.Diagnostics;
using System.Globalization;
using Stromboli.Bench.Figures;
using Stromboli.Bench.Idle;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.SimulatedNodes;
using Stromboli.Testbed;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.OperatorThroughput;

/// <summary>
/// Many runs on many simulated nodes: how fast the operator takes them from creation to end, compared with a client that only makes the
/// same writes, and how much memory the operator uses for finished runs. Measured with processors that only the control plane has, and with
/// all processors shared.
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
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    /// <summary>Measures, on a stack of its own.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await MeasureAsync(cancellationToken);
        }
        finally
        {
            await Processors.PinAsync(Processors.Here.All, [Environment.ProcessId], CancellationToken.None);
        }
    }

    private async Task<IReadOnlyList<Figure>> MeasureAsync(CancellationToken cancellationToken)
    {
        var options = new StackOptions { Nodes = 0 };
        await using var stack = await Stack.StartAsync("operator-throughput", options, cancellationToken: cancellationToken);
        using var client = ClientOf(stack.ControlPlane.KubeconfigPath);
        await using var recorder = new WriteRecorder(client);
        await recorder.ReadyAsync(cancellationToken);

        List<Round> rounds = [];
        var nodes = await SimulatedNode.JoinAsync(stack, Nodes, new() { RunsFor = TimeSpan.FromMilliseconds(100) }, cancellationToken);
        for (var round = 1; round <= Rounds; round++)
        {
            var parted = round % 2 != 0 && Processors.Here.CanBeParted;
            await PinAsync(stack, parted, cancellationToken);
            rounds.Add(await RoundAsync(stack, client, recorder, round, parted, cancellationToken));
        }

        foreach (var node in nodes.Where(node => node.Most.Runs > new SimulatedNodeOptions().MaxRuns))
        {
            throw new InvalidOperationException($"{node.Name} had {node.Most.Runs} runs at once.");
        }

        await Task.Delay(Settled, cancellationToken);
        var memory = ResidentMemory.Of(stack.Operator);
        await Task.WhenAll(nodes.Select(node => node.DisposeAsync().AsTask()));
        await stack.Operator.KillAsync(cancellationToken);
        var last = recorder.Runs;
        using var asOperator = ClientOf(stack.Operator.KubeconfigPath);
        var bare = new BareClient(client, asOperator, Namespace);
        var baselines = new Dictionary<bool, double>();
        foreach (var parted in rounds.Select(round => round.Parted).Distinct().Order())
        {
            await PinAsync(stack, parted, cancellationToken);
            baselines[parted] = await BaselineAsync(bare, [.. last.Take(BareRuns)], parted, cancellationToken);
        }

        return Figures(rounds, baselines, last, memory);
    }

    private static IReadOnlyList<Figure> Figures(
        List<Round> rounds,
        Dictionary<bool, double> baselines,
        IReadOnlyCollection<RecordedRun> last,
        double memory
    )
    {
        var own = rounds.Where(round => round.Parted == rounds[0].Parted).ToList();
        var shared = rounds.Where(round => !round.Parted).ToList();
        var baseline = baselines[rounds[0].Parted];
        return
        [
            new("operator-throughput", Median(own, round => round.Rate), "runs/s") { Baseline = baseline, AtLeast = 0.7 },
            new("operator-throughput-best", own.Max(round => round.Rate), "runs/s") { Baseline = baseline },
            new("operator-throughput-ends", Median(own, round => round.Endings), "runs/s"),
            new("operator-throughput-shared", Median(shared, round => round.Rate), "runs/s") { Baseline = baselines[false] },
            new("operator-writes-per-run", last.Average(run => run.Statuses.Count), "writes"),
            new("operator-events-per-run", last.Average(run => run.Events.Count), "writes"),
            new("operator-cpu-per-run", Median(rounds, round => round.Cpu), "ms"),
            new($"memory-operator-{Rounds * Runs}-finished", memory, "MB") { Aim = 300 },
        ];
    }

    // Puts the operator, the simulated nodes and the bare client on one half, the API server with its store on the other; or everything on
    // all processors.
    private static async Task PinAsync(Stack stack, bool parted, CancellationToken cancellationToken)
    {
        var here = Processors.Here;
        int[] clients = [Environment.ProcessId, stack.Model.Pid, .. stack.Operator.IsRunning ? [stack.Operator.Pid] : Array.Empty<int>()];
        await Processors.PinAsync(parted ? here.First : here.All, clients, cancellationToken);
        await Processors.PinAsync(parted ? here.Second : here.All, Processors.OfControlPlane(stack), cancellationToken);
    }

    private async Task<Round> RoundAsync(
        Stack stack,
        KubeClient client,
        WriteRecorder recorder,
        int round,
        bool parted,
        CancellationToken cancellationToken
    )
    {
        recorder.Clear();
        var before = ProcessorTime(stack);
        var began = Stopwatch.GetTimestamp();
        await CreateAsync(client, round, cancellationToken);
        await Poll.UntilAsync($"{Runs} runs end", Timeout, () => recorder.Ended >= Runs, cancellationToken);
        await EventsAsync(recorder, cancellationToken);
        var ended = recorder.Runs.Max(run => run.Ended!.Value);
        var all = Stopwatch.GetElapsedTime(began, Math.Max(ended, recorder.LastEvent));
        var measured = new Round(
            parted,
            Runs / all.TotalSeconds,
            Runs / Stopwatch.GetElapsedTime(began, ended).TotalSeconds,
            (ProcessorTime(stack) - before).TotalMilliseconds / Runs
        );
        progress.Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"operator-throughput, {Name(parted)}, round {round}: {measured.Rate:0} runs/s ({measured.Endings:0}/s without their events), {measured.Cpu:0.0} ms of processor time a run"
            )
        );
        return measured;
    }

    private async Task<double> BaselineAsync(
        BareClient bare,
        IReadOnlyCollection<RecordedRun> recorded,
        bool parted,
        CancellationToken cancellationToken
    )
    {
        var best = 0.0;
        foreach (var parallel in Parallelisms)
        {
            var rate = await bare.RunAsync(recorded, parallel, cancellationToken);
            best = Math.Max(best, rate);
            progress.Tell(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"operator-throughput, {Name(parted)}, bare client, {parallel} at once: {rate:0} runs/s"
                )
            );
        }

        return best;
    }

    private static Task CreateAsync(KubeClient client, int round, CancellationToken cancellationToken) =>
        Parallel.ForAsync(
            0,
            Runs,
            new ParallelOptions { MaxDegreeOfParallelism = Creators, CancellationToken = cancellationToken },
            async (i, stop) =>
                await client.CreateAsync(
                    AgentRunResource.Type,
                    new AgentRun
                    {
                        Metadata = new()
                        {
                            Name = string.Create(CultureInfo.InvariantCulture, $"round-{round}-{i}"),
                            Namespace = Namespace,
                        },
                        Spec = new AgentRunSpec
                        {
                            Prompt = new string('p', 1024),
                            Agent = new() { Command = ["true"] },
                        },
                    },
                    null,
                    stop
                )
        );

    // Waits until no event has come for a while: events are written in the background and may be dropped.
    private static Task EventsAsync(WriteRecorder recorder, CancellationToken cancellationToken) =>
        Poll.UntilAsync("no more events come", Timeout, () => Stopwatch.GetElapsedTime(recorder.LastEvent) > Settled, cancellationToken);

    private static KubeClient ClientOf(string kubeconfig) =>
        new(KubeConfig.Load(kubeconfig), new KubeClientOptions { QueriesPerSecond = 1e6, Burst = 1_000_000 });

    private static string Name(bool parted) =>
        parted ? $"the control plane has processors {Processors.Here.Second}" : "all processors shared";

    private static TimeSpan ProcessorTime(Stack stack)
    {
        using var process = Process.GetProcessById(stack.Operator.Pid);
        return process.TotalProcessorTime;
    }

    private static double Median(IEnumerable<Round> rounds, Func<Round, double> value)
    {
        var values = rounds.Select(value).Order().ToList();
        return values[values.Count / 2];
    }

    private sealed record Round(bool Parted, double Rate, double Endings, double Cpu);
}
