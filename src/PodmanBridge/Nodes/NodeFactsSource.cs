using System.Runtime.CompilerServices;
using System.Text.Json;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>
/// The node's facts. They are read again regularly, because the engine sends no event when its version, its limits or the CLI change, and
/// also when the engine goes away or comes back. A change of what prevents the node from taking runs is logged.
/// </summary>
internal sealed partial class NodeFactsSource(
    Func<CancellationToken, Task<NodeFacts>> read,
    TimeProvider clock,
    ILogger<NodeFactsSource> logger
) : BackgroundService, IPressureListener
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private NodeFacts? _current;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
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

    /// <summary>Something may have changed: the facts are read again soon.</summary>
    public void Signal()
    {
        lock (_lock)
        {
            _news.TrySetResult();
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

            if (_current?.Problem != facts.Problem)
            {
                Tell(facts.Problem);
            }

            _current = facts;
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <inheritdoc/>
    Task IPressureListener.PressureChangedAsync(CancellationToken cancellationToken) => RefreshAsync(cancellationToken);

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
        while (true)
        {
            Task news;
            lock (_lock)
            {
                news = _news.Task;
            }

            using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken))
            {
                await Task.WhenAny(news, Task.Delay(Interval, clock, waiting.Token));
                await waiting.CancelAsync();
            }

            stoppingToken.ThrowIfCancellationRequested();
            lock (_lock)
            {
                if (_news.Task.IsCompleted)
                {
                    _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                }
            }

            await RefreshAsync(stoppingToken);
        }
    }

    private void Tell(string? problem)
    {
        if (problem is null)
        {
            Log.TakesRuns(logger);
        }
        else
        {
            Log.TakesNoRuns(logger, problem);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The node can take runs again")]
        public static partial void TakesRuns(ILogger logger);

        [LoggerMessage(LogLevel.Error, "The node takes no runs: {Problem}")]
        public static partial void TakesNoRuns(ILogger logger, string problem);
    }
}

/// <summary>Compares facts by what is sent of them, since a record's own equality does not look into its lists.</summary>
internal static class NodeFactsComparer
{
    /// <summary>Whether the operator would learn nothing new.</summary>
    public static bool Same(NodeFacts one, NodeFacts other) => Wire(one).AsSpan().SequenceEqual(Wire(other));

    private static byte[] Wire(NodeFacts facts) =>
        JsonSerializer.SerializeToUtf8Bytes(new FactsChanged { Facts = facts }, NodeLinkJson.Default.BridgeMessage);
}
