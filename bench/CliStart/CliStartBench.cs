using System.Diagnostics;
using Stromboli.Bench.Figures;
using Stromboli.Testbed.Kube;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;

namespace Stromboli.Bench.CliStart;

/// <summary>
/// The start of <c>kubectl stromboli</c>: <c>version --client</c> of the published plugin, from the start of its process to its end, in turn
/// with kubectl's own.
/// </summary>
internal static class CliStartBench
{
    /// <summary>Measures.</summary>
    public static async Task<IReadOnlyList<Figure>> RunAsync(int warmUp, int count, CancellationToken cancellationToken)
    {
        var (own, kubectl) = (new Samples(), new Samples());
        var plugin = new StromboliPlugin(kubeconfig: "/dev/null", published: true).Path;
        for (var i = 0; i < warmUp + count; i++)
        {
            // Each is first as often as the other.
            var first = i % 2 == 0;
            var (a, b) = (
                await TimeAsync(first ? plugin : Artefacts.Kubectl, cancellationToken),
                await TimeAsync(first ? Artefacts.Kubectl : plugin, cancellationToken)
            );
            if (i >= warmUp)
            {
                own.Add(first ? a : b);
                kubectl.Add(first ? b : a);
            }
        }

        return [new("cli-start", own.Median, "ms") { Baseline = kubectl.Median, Aim = 2 }];
    }

    private static async Task<double> TimeAsync(string program, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        (await Command.RunAsync(program, ["version", "--client"], cancellationToken: cancellationToken)).OrThrow(program);
        return watch.Elapsed.TotalMilliseconds;
    }
}
