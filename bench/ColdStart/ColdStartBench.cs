using Stromboli.Bench.Figures;
using Stromboli.Bench.Runs;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.ColdStart;

/// <summary>From the API server's answer to the create of a run to its agent's process, in turn with <c>podman run</c>.</summary>
internal sealed class ColdStartBench(Stack stack, BenchRuns runs)
{
    private readonly PodmanRun _podman = new(stack.Nodes[0].Machine);
    private readonly Samples _ours = new();
    private readonly Samples _firstOutput = new();
    private readonly Samples _baseline = new();
    private readonly Samples _end = new();

    /// <summary>Measures.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(int warmUp, int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < warmUp + count; i++)
        {
            var counts = i >= warmUp;
            // Alternately, and each is first as often as the other.
            if (i % 2 == 0)
            {
                await OursAsync(counts, cancellationToken);
            }

            await BaselineAsync(counts, cancellationToken);
            if (i % 2 != 0)
            {
                await OursAsync(counts, cancellationToken);
            }
        }

        return
        [
            new("cold-start", _ours.Median, "ms") { Baseline = _baseline.Median, Aim = 1.0 },
            new("cold-start-p95", _ours.P95, "ms") { Baseline = _baseline.P95, Aim = 1.5 },
            new("cold-start-first-output", _firstOutput.Median, "ms") { Baseline = _baseline.Median },
            new("end-latency", _end.Median, "ms"),
            new("end-latency-p95", _end.P95, "ms") { Aim = 100 },
        ];
    }

    private async Task BaselineAsync(bool counts, CancellationToken cancellationToken)
    {
        var took = await _podman.RunAsync(cancellationToken);
        if (counts)
        {
            _baseline.Add(took);
        }
    }

    private async Task OursAsync(bool counts, CancellationToken cancellationToken)
    {
        var run = await runs.RunAsync(cancellationToken);
        if (run.Log is not { Started: { } started, FirstOutput: { } output, Exited: { } exited })
        {
            throw new InvalidOperationException($"The node's log of {run.Name} lacks its beginning or its end.");
        }

        await runs.RemoveAsync(run, cancellationToken);
        if (!counts)
        {
            return;
        }

        _ours.Add((started - run.Created).TotalMilliseconds);
        _firstOutput.Add((output - run.Created).TotalMilliseconds);
        _end.Add((run.EndSeen - exited).TotalMilliseconds);
    }
}
