using Stromboli.EndToEnd.Harness;
using Stromboli.Testbed;
using Stromboli.Testbed.Processes;

namespace Stromboli.EndToEnd.Resilience;

/// <summary>Kills a process repeatedly, each time at another moment after its start, while runs keep coming.</summary>
/// <param name="scene">The case.</param>
/// <param name="victim">The process.</param>
/// <param name="serving">The text in its log when it serves a node.</param>
internal sealed class Storm(Scene scene, ServiceProcess victim, string serving)
{
    private const int RunsForEach = 5;
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(30);

    private readonly List<RunHistory> _runs = [];

    /// <summary>
    /// For each delay, creates a few runs, kills the process that long after the first one, and starts it again. The runs of all rounds are
    /// under way at once, so that each kill meets them at every stage. Finally waits until all have ended.
    /// </summary>
    public async Task<IReadOnlyList<RunHistory>> RageAsync(IEnumerable<int> delaysMs, CancellationToken cancellationToken)
    {
        foreach (var delay in delaysMs)
        {
            var seen = Servings();
            var coming = SendRunsAsync(cancellationToken);
            await Task.Delay(delay, cancellationToken);
            await victim.KillAsync(cancellationToken);
            await coming;
            await victim.WhileAsync(
                Poll.UntilAsync(
                    $"{victim.Name} serves again",
                    Poll.Timeout,
                    () => Servings() >= seen + scene.Stack.Nodes.Count,
                    cancellationToken
                )
            );
        }

        await victim.WhileAsync(Task.WhenAll(_runs.Select(run => run.EndAsync())));
        return _runs;
    }

    private int Servings() => victim.ReadLog().Split(serving).Length;

    // Agents work for different times, so that a kill also meets some that are about to end.
    private async Task SendRunsAsync(CancellationToken cancellationToken)
    {
        for (var i = 0; i < RunsForEach; i++)
        {
            var name = $"run-{_runs.Count}";
            var document = CountingAgent.Document(scene, name, $"sleep 0.{_runs.Count * 3 % 10}");
            await scene.Stack.Http.CreateAsync(scene.RunsPath, document, cancellationToken);
            _runs.Add(scene.Run(name));
            await Task.Delay(Spacing, cancellationToken);
        }
    }
}
