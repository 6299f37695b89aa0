namespace Stromboli.Operator.Hosting;

/// <summary>Something that only the leader does.</summary>
/// <param name="Name">For the log.</param>
/// <param name="RunAsync">Works until cancelled; it ends before that only by a fault.</param>
internal sealed record LeaderTask(string Name, Func<CancellationToken, Task> RunAsync);
