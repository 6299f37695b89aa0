using System.Globalization;
using Stromboli.Bench.Figures;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Testbed;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.OperatorMemory;

/// <summary>
/// The cost of a namespace with many pending runs and many sessions of the largest size: the operator's memory, and the delay that another
/// namespace sees.
/// </summary>
internal sealed class OperatorMemoryBench(Progress progress)
{
    private const int Runs = 400;
    private const int Sessions = 100;
    private const int Creators = 4;
    private const string Noisy = "noisy";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(10);
    private static readonly string Text = new('x', 32_000);

    /// <summary>Measures, on a stack of its own without nodes.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        var options = new StackOptions { Nodes = 0 };
        await using var stack = await Stack.StartAsync("operator-memory", options, cancellationToken: cancellationToken);
        using var client = new KubeClient(
            KubeConfig.Load(stack.ControlPlane.KubeconfigPath),
            new KubeClientOptions { QueriesPerSecond = 1e6, Burst = 1_000_000 }
        );
        var quiet = await FirstStatusAsync(client, "before", cancellationToken);
        await client.CreateAsync(
            BuiltIn.Namespaces,
            new Namespace { Metadata = new() { Name = Noisy } },
            cancellationToken: cancellationToken
        );
        progress.Tell("operator-memory: sessions and runs of the largest size");
        await EachAsync(
            Sessions,
            (i, stop) =>
                client.CreateAsync(
                    AgentSessionResource.Type,
                    new AgentSession
                    {
                        Metadata = new() { Name = Name("session", i), Namespace = Noisy },
                        Spec = new() { Env = Variables() },
                    },
                    null,
                    stop
                ),
            cancellationToken
        );
        await EachAsync(
            Runs,
            (i, stop) =>
                client.CreateAsync(
                    AgentRunResource.Type,
                    new AgentRun
                    {
                        Metadata = new() { Name = Name("run", i), Namespace = Noisy },
                        Spec = new() { Prompt = new string('p', 65_000), Env = Variables() },
                    },
                    null,
                    stop
                ),
            cancellationToken
        );
        var beside = await FirstStatusAsync(client, "beside", cancellationToken);
        await AllHaveAStatusAsync(client, cancellationToken);
        var peak = PeakMemory(stack);
        progress.Tell("operator-memory: the operator is started again");
        await stack.Operator.RestartAsync(cancellationToken);
        var again = await FirstStatusAsync(client, "again", cancellationToken);
        return
        [
            new("memory-operator-large-specs", peak, "MB") { Aim = 300 },
            new("memory-operator-large-specs-restarted", PeakMemory(stack), "MB") { Aim = 300 },
            new("first-status-beside-large-specs", beside.TotalMilliseconds, "ms") { Baseline = quiet.TotalMilliseconds },
            new("first-status-after-restart", again.TotalMilliseconds, "ms"),
        ];
    }

    // Waits until the operator has stored that a small run in another namespace waits for a node.
    private static async Task<TimeSpan> FirstStatusAsync(KubeClient client, string name, CancellationToken cancellationToken)
    {
        var key = new NamespacedName("default", name);
        var began = TimeProvider.System.GetTimestamp();
        await client.CreateAsync(
            AgentRunResource.Type,
            new AgentRun
            {
                Metadata = new() { Name = key.Name, Namespace = key.Namespace },
                Spec = new() { Prompt = "hello" },
            },
            null,
            cancellationToken
        );
        await Poll.UntilAsync(
            "a run in another namespace has a status",
            Timeout,
            async stop => (await client.GetAsync(AgentRunResource.Type, key, stop)).Status?.Phase is not null,
            cancellationToken
        );
        return TimeProvider.System.GetElapsedTime(began);
    }

    private static Task AllHaveAStatusAsync(KubeClient client, CancellationToken cancellationToken) =>
        Poll.UntilAsync(
            "every run has a status",
            Timeout,
            async stop =>
            {
                await foreach (var run in client.ListAsync(AgentRunResource.Type, new() { Namespace = Noisy, Limit = 4 }, stop))
                {
                    if (run.Status?.Phase is null)
                    {
                        return false;
                    }
                }

                return true;
            },
            cancellationToken
        );

    private static Task EachAsync<T>(int count, Func<int, CancellationToken, Task<T>> create, CancellationToken cancellationToken) =>
        Parallel.ForAsync(
            0,
            count,
            new ParallelOptions { MaxDegreeOfParallelism = Creators, CancellationToken = cancellationToken },
            async (i, stop) => await create(i, stop)
        );

    private static List<EnvVar> Variables() =>
        [.. Enumerable.Range(0, 40).Select(i => new EnvVar { Name = Name("VARIABLE", i).Replace('-', '_'), Value = Text })];

    private static string Name(string kind, int i) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{i}");

    // The peak of resident memory: VmHWM.
    private static double PeakMemory(Stack stack)
    {
        var line = File.ReadLines($"/proc/{stack.Operator.Pid}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
