using System.Collections.Concurrent;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Bench.Runs;

/// <summary>What a watcher saw of each run, and when.</summary>
internal sealed class RunEvents : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<RunSighting>> _byName = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Informer<AgentRun> _informer;
    private readonly Task _watching;

    /// <summary>Watches the runs of <see cref="BenchRuns.Namespace"/>.</summary>
    public RunEvents(KubeClient client)
    {
        _informer = new Informer<AgentRun>(
            client,
            AgentRunResource.Type,
            new InformerOptions<AgentRun> { Namespace = BenchRuns.Namespace }
        );
        _informer.OnChange(change =>
            _byName.GetOrAdd(change.Object.Metadata.Name!, _ => []).Enqueue(new RunSighting(DateTimeOffset.UtcNow, change.Object))
        );
        _watching = _informer.RunAsync(_stop.Token);
    }

    /// <summary>Waits until it watches.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) => _informer.WaitForSyncAsync(cancellationToken);

    /// <summary>Everything that was seen of a run, in order.</summary>
    public IReadOnlyCollection<RunSighting> Of(string name) => _byName.GetOrAdd(name, _ => []);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }
}
