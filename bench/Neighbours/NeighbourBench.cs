using System.Globalization;
using System.Text.Json.Nodes;
using Stromboli.Bench.Figures;
using Stromboli.Bench.Runs;
using Stromboli.Testbed;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.Neighbours;

/// <summary>
/// The pace of one run's model requests while another run of the node floods the gateway with requests that it refuses and with <c>GET
/// /</c>, by the times at which they reach the model. In the baseline the other run makes as many processes, which ask a port where nothing
/// listens: what its processes take from the machine is on both sides.
/// </summary>
internal sealed class NeighbourBench(Stack stack)
{
    private const int Requests = 300;
    private const string Image = "registry.test/busybox:1";
    private const string Collection = $"/apis/stromboli.dev/v1alpha1/namespaces/{BenchRuns.Namespace}/agentruns";
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(5);

    private int _made;

    /// <summary>Measures both, in turn.</summary>
    public async Task<IReadOnlyList<Figure>> RunAsync(CancellationToken cancellationToken)
    {
        await PaceAsync("http://127.0.0.1:1", cancellationToken);
        var quiet = await PaceAsync("http://127.0.0.1:1", cancellationToken);
        var flooded = await PaceAsync("$ANTHROPIC_BASE_URL", cancellationToken);
        return
        [
            new("neighbour-p95", flooded.P95, "ms") { Baseline = quiet.P95, Aim = 2 },
            new("neighbour-median", flooded.Median, "ms") { Baseline = quiet.Median, Aim = 2 },
        ];
    }

    private async Task<Samples> PaceAsync(string target, CancellationToken cancellationToken)
    {
        const string post = "wget -q -O /dev/null --header 'Content-Type: application/json' --post-data";
        var name = $"neighbour-{++_made}";
        var flood =
            $$"""for i in 1 2 3 4; do (while :; do wget -q -O /dev/null {{target}}/; {{post}} '{"surprise":1}' {{target}}/v1/messages; done) & done; wait""";
        var pace =
            $$"""i=0; while [ $i -lt {{Requests}} ]; do {{post}} '{"model":"{{name}}","max_tokens":1,"messages":[]}' $ANTHROPIC_BASE_URL/v1/messages && i=$((i+1)); done""";
        await CreateAsync(name + "-flood", flood, cancellationToken);
        await CreateAsync(name, pace, cancellationToken);
        await Poll.UntilAsync($"{name} has asked {Requests} times", Timeout, () => Times(name).Count >= Requests, cancellationToken);
        await stack.Http.DeleteAsync($"{Collection}/{name}-flood", cancellationToken);
        await stack.Http.DeleteAsync($"{Collection}/{name}", cancellationToken);
        var samples = new Samples();
        // The first requests come before the flood.
        foreach (var (before, after) in Times(name).Zip(Times(name).Skip(1)).Skip(Requests / 10))
        {
            samples.Add((after - before).TotalMilliseconds);
        }

        return samples;
    }

    private List<DateTimeOffset> Times(string model) =>
        [
            .. stack
                .Model.Requests()
                .Where(request => request["model"]?.ToString() == model)
                .Select(request => DateTimeOffset.Parse(request["time"]!.ToString(), CultureInfo.InvariantCulture))
                .Order(),
        ];

    private Task CreateAsync(string name, string command, CancellationToken cancellationToken) =>
        stack.Http.CreateAsync(
            Collection,
            new JsonObject
            {
                ["apiVersion"] = "stromboli.dev/v1alpha1",
                ["kind"] = "AgentRun",
                ["metadata"] = new JsonObject { ["name"] = name },
                ["spec"] = new JsonObject
                {
                    ["prompt"] = "-",
                    ["image"] = Image,
                    ["agent"] = new JsonObject { ["command"] = new JsonArray("sh", "-c", command) },
                },
            }.ToJsonString(),
            cancellationToken
        );
}
