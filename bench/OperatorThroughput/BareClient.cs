using System.Diagnostics;
using System.Globalization;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Bench.OperatorThroughput;

/// <summary>
/// The baseline: creates runs as a user does, and writes for each what an operator has written for one. It uses the operator's account,
/// since the API server authorises each write of that account, but not the writes of an admin. It decides nothing and asks no node.
/// </summary>
internal sealed class BareClient(KubeClient user, KubeClient client, string @namespace)
{
    private int _made;

    /// <summary>Writes the runs again, several at a time.</summary>
    /// <returns>Runs a second.</returns>
    public async Task<double> RunAsync(IReadOnlyCollection<RecordedRun> runs, int parallel, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            runs,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            WriteAsync
        );
        return runs.Count / watch.Elapsed.TotalSeconds;
    }

    private async ValueTask WriteAsync(RecordedRun recorded, CancellationToken cancellationToken)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"bare-{Interlocked.Increment(ref _made)}");
        var run = await user.CreateAsync(
            AgentRunResource.Type,
            new AgentRun
            {
                Metadata = new() { Name = name, Namespace = @namespace },
                Spec = recorded.Spec,
            },
            null,
            cancellationToken
        );
        var events = recorded.Events;
        for (var i = 0; i < Math.Max(recorded.Statuses.Count, events.Count); i++)
        {
            if (i < recorded.Statuses.Count)
            {
                run = await client.ReplaceStatusAsync(
                    AgentRunResource.Type,
                    run with
                    {
                        Status = recorded.Statuses[i],
                    },
                    cancellationToken: cancellationToken
                );
            }

            if (i >= events.Count)
            {
                continue;
            }

            var metadata = new ObjectMeta { Name = string.Create(CultureInfo.InvariantCulture, $"{name}.{i}"), Namespace = @namespace };
            await client.CreateAsync(
                BuiltIn.Events,
                events[i] with
                {
                    Metadata = metadata,
                    Regarding = ObjectReference.To(run),
                },
                null,
                cancellationToken
            );
        }
    }
}
