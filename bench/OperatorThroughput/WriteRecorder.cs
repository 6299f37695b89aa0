using System.Collections.Concurrent;
using System.Diagnostics;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Bench.OperatorThroughput;

/// <summary>Watches what is written about runs: their statuses and events.</summary>
internal sealed class WriteRecorder : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RecordedRun> _runs = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Informer<AgentRun> _runInformer;
    private readonly Informer<Event> _eventInformer;
    private readonly Task _watching;
    private long _lastEvent;
    private int _ended;

    /// <summary>Watches all namespaces.</summary>
    public WriteRecorder(KubeClient client)
    {
        _runInformer = new Informer<AgentRun>(client, AgentRunResource.Type);
        _eventInformer = new Informer<Event>(client, BuiltIn.Events);
        _runInformer.OnChange(Take);
        _eventInformer.OnChange(Take);
        _watching = Task.WhenAll(_runInformer.RunAsync(_stop.Token), _eventInformer.RunAsync(_stop.Token));
    }

    /// <summary>How many runs have ended since <see cref="Clear"/>.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>When the last event about a run was seen.</summary>
    public long LastEvent => Volatile.Read(ref _lastEvent);

    /// <summary>What was written about each run since <see cref="Clear"/>.</summary>
    public IReadOnlyCollection<RecordedRun> Runs => [.. _runs.Values];

    /// <summary>Waits until it watches.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_runInformer.WaitForSyncAsync(cancellationToken), _eventInformer.WaitForSyncAsync(cancellationToken));

    /// <summary>Forgets what it has seen.</summary>
    public void Clear()
    {
        _runs.Clear();
        Volatile.Write(ref _ended, 0);
        Volatile.Write(ref _lastEvent, 0);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private void Take(StoreChange<AgentRun> change)
    {
        if (change.New is not { } run)
        {
            return;
        }

        var recorded = _runs.GetOrAdd(run.Metadata.Uid!, _ => new());
        var before = recorded.Ended;
        recorded.Take(run, Stopwatch.GetTimestamp());
        if (before is null && recorded.Ended is not null)
        {
            Interlocked.Increment(ref _ended);
        }
    }

    private void Take(StoreChange<Event> change)
    {
        if (change is not { Type: ChangeType.Added, New: { Regarding.Kind: "AgentRun" } told })
        {
            return;
        }

        _runs.GetOrAdd(told.Regarding.Uid!, _ => new()).Take(told);
        Volatile.Write(ref _lastEvent, Stopwatch.GetTimestamp());
    }
}
