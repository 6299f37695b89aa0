using Stromboli.Bench.Figures;
using Stromboli.Bench.Runs;

namespace Stromboli.Bench.CancelLatency;

/// <summary>
/// From the API server's answer to the write of <c>cancel: true</c> to the end of the agent, by the shim's own record of it, and to the
/// moment at which a watcher sees the end in status. The agent ignores SIGTERM and has a child in a session of its own, which takes longest
/// to stop.
/// </summary>
internal sealed class CancelBench(BenchRuns runs)
{
    private const string Deaf = "trap '' TERM INT HUP; setsid sleep 3600 & echo started; while :; do sleep 3600; done";

    private readonly Samples _agent = new();
    private readonly Samples _stored = new();

    /// <summary>Measures.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(int warmUp, int count, CancellationToken cancellationToken)
    {
        for (var i = 0; i < warmUp + count; i++)
        {
            var (run, cancelled) = await runs.CancelAsync(Deaf, cancellationToken);
            if (run.Log.Exited is not { } exited)
            {
                throw new InvalidOperationException($"The node's log of {run.Name} lacks the end of its agent.");
            }

            await runs.RemoveAsync(run, cancellationToken);
            if (i >= warmUp)
            {
                _agent.Add((exited - cancelled).TotalMilliseconds);
                _stored.Add((run.EndSeen - cancelled).TotalMilliseconds);
            }
        }

        return
        [
            new("cancel-latency", _agent.Median, "ms"),
            new("cancel-latency-p95", _agent.P95, "ms") { Aim = 2000 },
            new("cancel-stored", _stored.Median, "ms"),
            new("cancel-stored-p95", _stored.P95, "ms") { Aim = 2000 },
        ];
    }
}
