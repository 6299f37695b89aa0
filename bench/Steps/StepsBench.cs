using System.Text.Json;
using Stromboli.Bench.Runs;
using Stromboli.Testbed.Nodes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Bench.Steps;

/// <summary>
/// Where the time of a cold start goes, on a stack of its own whose operator and bridge record their activities. The stack uses the plain
/// build, since the published programs have no startup hooks, and recording costs a little. So the steps show proportions; the cold start
/// itself is measured elsewhere.
/// </summary>
internal sealed class StepsBench : IDisposable
{
    private const string Inside = "/opt/bench";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("stromboli-bench-");

    /// <summary>Measures the median steps of some runs, after a warm-up that is discarded.</summary>
    public async Task<IReadOnlyList<Step>> RunAsync(int warmUp, int count, CancellationToken cancellationToken)
    {
        // The bridge writes there as a user of its own.
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_111_111);
        var options = new StackOptions
        {
            // The listener is a startup hook, which a native executable does not support.
            Published = false,
            Operator = new OperatorOptions { Environment = Listened("operator", AppContext.BaseDirectory, _folder.FullName) },
            Node = new NodeOptions
            {
                Relayed = false,
                Environment = Listened("bridge", Inside, $"{Inside}-spans"),
                Mounts =
                [
                    new NodeMount(AppContext.BaseDirectory, Inside),
                    new NodeMount(_folder.FullName, $"{Inside}-spans", Writable: true),
                ],
            },
        };
        await using var stack = await Stack.StartAsync("bench-steps", options, cancellationToken: cancellationToken);
        await using var session = await BenchSession.OpenAsync(stack, cancellationToken);
        List<BenchRun> runs = [];
        for (var i = 0; i < warmUp + count; i++)
        {
            var run = await session.Runs.RunAsync(cancellationToken);
            await session.Runs.RemoveAsync(run, cancellationToken);
            if (i >= warmUp)
            {
                runs.Add(run);
            }
        }

        return StepTable.Of(runs, Read());
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    private static Dictionary<string, string> Listened(string process, string assemblies, string spans) =>
        new()
        {
            ["DOTNET_STARTUP_HOOKS"] = Path.Combine(assemblies, "Stromboli.Bench.dll"),
            [SpanWriter.ProcessVariable] = process,
            [SpanWriter.FileVariable] = $"{spans}/{process}.jsonl",
        };

    private List<Span> Read() =>
        [
            .. _folder
                .EnumerateFiles("*.jsonl")
                .SelectMany(file => File.ReadLines(file.FullName))
                .Select(line => JsonSerializer.Deserialize<Span>(line)!)
                .OrderBy(span => span.Start),
        ];
}
