namespace Stromboli.Operator.Election;

/// <summary>Work that only the leader does, for as long as it leads.</summary>
/// <param name="Name">The name for the log.</param>
/// <param name="RunAsync">Works until it is cancelled. If it ends earlier, it has failed.</param>
internal sealed record LeaderTask(string Name, Func<CancellationToken, Task> RunAsync);

/// <summary>A list that must be complete before the leader acts.</summary>
/// <param name="WaitAsync">Completes when the list is complete.</param>
internal sealed record LeaderSync(Func<CancellationToken, Task> WaitAsync);

/// <summary>A step that the leader takes once, after all lists are complete and before any work on them begins.</summary>
/// <param name="RunAsync">Takes the step.</param>
internal sealed record LeaderStart(Func<CancellationToken, Task> RunAsync);
