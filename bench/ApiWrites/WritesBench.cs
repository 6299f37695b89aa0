using Stromboli.Bench.Figures;
using Stromboli.Bench.Runs;
using Stromboli.Testbed.Requests;

namespace Stromboli.Bench.ApiWrites;

/// <summary>The API writes of a run that finds a free node, counted by the API servers.</summary>
internal sealed class WritesBench(ApiServers servers, BenchRuns runs)
{
    /// <summary>
    /// Long enough for the event recorder and for a change of the node's status, which changes at most once in ten seconds.
    /// </summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(12);

    /// <summary>Measures.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(int count, CancellationToken cancellationToken)
    {
        var before = await servers.ReadAsync(cancellationToken);
        for (var i = 0; i < count; i++)
        {
            await runs.RemoveAsync(await runs.RunAsync(cancellationToken), cancellationToken);
        }

        await Task.Delay(Settled, cancellationToken);
        var writes = ApiServers.Between(before, await servers.ReadAsync(cancellationToken)).Where(pair => pair.Key.IsWrite).ToList();

        double PerRun(Func<ApiCall, bool> which) => writes.Where(pair => which(pair.Key)).Sum(pair => pair.Value) / (double)count;
        return
        [
            // The bench itself creates and deletes each run.
            new(
                "api-writes-per-run",
                PerRun(write => write.Resource == "agentruns" && write is not { Subresource: "", Verb: "POST" or "DELETE" }),
                "writes"
            )
            {
                Aim = 3,
            },
            new("events-per-run", PerRun(write => write.Resource == "events"), "writes") { Aim = 3 },
            new("node-writes-per-run", PerRun(write => write.Resource == "agentnodes"), "writes"),
            new("other-writes-per-run", PerRun(write => write.Resource is not ("agentruns" or "agentnodes" or "events")), "writes")
            {
                Aim = 0,
            },
        ];
    }
}
