using System.Diagnostics;
using Stromboli.Bench.Figures;
using Stromboli.Testbed;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.Kills;

/// <summary>
/// Checks that runs reach their end while processes are killed. Runs keep coming on a stack of two nodes, while bridges, the operator,
/// Podman's services and the API server are killed at moments that follow from a seed. Every run must succeed in its first attempt with all
/// of its output, unless its node was lost.
/// </summary>
internal sealed class KillsBench(Progress progress)
{
    private const int Nodes = 2;
    private const int RunsForEach = 3;
    private const int MostUnderWay = 12;

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(40);
    private static readonly TimeSpan LastEnds = TimeSpan.FromMinutes(3);

    /// <summary>Kills processes and returns the results.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(KillsSettings settings, CancellationToken cancellationToken)
    {
        var options = new StackOptions
        {
            Nodes = Nodes,
            // An operator that has lost its lead ends, and a kubelet would start it again.
            Supervised = true,
            Node = new NodeOptions { Relayed = false },
            Operator = new OperatorOptions
            {
                LeaseDuration = "3s",
                LeaseRenewDeadline = "2s",
                LeaseRetryPeriod = "300ms",
            },
        };
        await using var stack = await Stack.StartAsync("bench-kills", options, cancellationToken: cancellationToken);
        var runs = new CountedRuns(stack);
        var made = new Dictionary<Victim, int>();
        var watch = Stopwatch.StartNew();
        foreach (var kill in Kill.Plan(settings, Nodes))
        {
            if (watch.Elapsed > Longest)
            {
                progress.Tell(
                    $"kills: ended after {made.Values.Sum()} of {settings.Kills}, since it takes longer than {Longest.TotalMinutes:0} minutes"
                );
                break;
            }

            await RoundAsync(stack, runs, kill, cancellationToken);
            made[kill.Victim] = made.GetValueOrDefault(kill.Victim) + 1;
            if (made.Values.Sum() % 10 == 0)
            {
                progress.Tell(
                    $"kills: {made.Values.Sum()} of {settings.Kills}, {runs.Made - runs.UnderWay} runs have ended, {runs.Problems.Count} not as they should"
                );
            }
        }

        try
        {
            await runs.AtMostAsync(0, LastEnds, cancellationToken);
        }
        catch (TestbedException)
        {
            runs.GiveUp();
        }

        Console.WriteLine(
            $"kills with seed {settings.Seed}: {string.Join(", ", made.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} of {pair.Key}"))}; in {watch.Elapsed.TotalSeconds:0} s"
        );
        Console.WriteLine(
            $"runs: {runs.Made}; {runs.Good} succeeded at attempt 1 with their whole output, {runs.AfterLoss} after their node was lost"
        );
        foreach (var problem in runs.Problems)
        {
            Console.WriteLine($"not as it should: {problem}");
        }

        return
        [
            new("kills", made.Values.Sum(), "kills"),
            new("kills-runs", runs.Made, "runs"),
            new("kills-runs-after-loss", runs.AfterLoss, "runs"),
            new("kills-runs-not-well", runs.Problems.Count, "runs") { Aim = 0 },
        ];
    }

    private static async Task RoundAsync(Stack stack, CountedRuns runs, Kill kill, CancellationToken cancellationToken)
    {
        await runs.AtMostAsync(MostUnderWay, LastEnds, cancellationToken);
        for (var i = 0; i < RunsForEach; i++)
        {
            await runs.CreateAsync(cancellationToken);
        }

        await Task.Delay(kill.After, cancellationToken);
        ServiceProcess victim = kill.Victim switch
        {
            Victim.Bridge => stack.Nodes[kill.Node].Bridge,
            Victim.Operator => stack.Operator,
            Victim.Podman => stack.Nodes[kill.Node].Machine.Podman,
            _ => stack.ControlPlane.ApiServer,
        };
        await victim.KillAsync(cancellationToken);
        await Task.Delay(kill.Away, cancellationToken);
        await victim.StartAsync(cancellationToken);
    }
}
