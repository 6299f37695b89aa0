namespace Stromboli.Operator.Hosting;

/// <summary>An informer that must hold a complete list before the leader acts.</summary>
/// <param name="WaitAsync">Completes when it does.</param>
internal sealed record LeaderSync(Func<CancellationToken, Task> WaitAsync);
