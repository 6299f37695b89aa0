using System.Runtime.CompilerServices;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>The node's facts, read again now and then: the engine sends no event when it, its limits or the CLI change.</summary>
internal sealed class NodeFactsSource(Func<CancellationToken, Task<NodeFacts>> read, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private NodeFacts? _current;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The present facts; there once <see cref="RefreshAsync"/> has run.</summary>
    public NodeFacts Current
    {
        get
        {
            lock (_lock)
            {
                return _current ?? throw new InvalidOperationException("The node's facts have not been read yet.");
            }
        }
    }

    /// <summary>Reads the facts.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var facts = await read(cancellationToken);
        lock (_lock)
        {
            if (_current is not null && NodeFactsComparer.Same(_current, facts))
            {
                return;
            }

            _current = facts;
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The facts each time that they change from now on.</summary>
    public async IAsyncEnumerable<NodeFacts> ChangesAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
            yield return Current;
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RefreshAsync(stoppingToken);
        }
    }
}
