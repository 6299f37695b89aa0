using Microsoft.Extensions.Logging;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>
/// Calls a reconcile function for keys: after changes, after the time that a reconcile asked for, after failures (with growing waits, and
/// without giving up), and at each resync. A key is never reconciled twice at the same time.
/// </summary>
public sealed partial class Controller : IDisposable
{
    private readonly ControllerOptions _options;
    private readonly Func<NamespacedName, CancellationToken, Task<ReconcileResult>> _reconcile;
    private readonly Func<IEnumerable<NamespacedName>> _primaryKeys;
    private readonly IReadOnlyList<Func<CancellationToken, Task>> _syncs;
    private readonly WorkQueue<NamespacedName> _queue;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;

    internal Controller(
        ControllerOptions options,
        Func<NamespacedName, CancellationToken, Task<ReconcileResult>> reconcile,
        Func<IEnumerable<NamespacedName>> primaryKeys,
        IReadOnlyList<Func<CancellationToken, Task>> syncs,
        TimeProvider clock,
        ILogger logger
    )
    {
        _options = options;
        _reconcile = reconcile;
        _primaryKeys = primaryKeys;
        _syncs = syncs;
        // Namespaces are tenants: a crowd of objects in one must not delay another's.
        _queue = new(options.MinBackoff, options.MaxBackoff, clock, static key => key.Namespace, options.Name);
        _clock = clock;
        _logger = logger;
    }

    /// <summary>How many keys wait for a worker.</summary>
    public int QueueLength => _queue.Count;

    /// <summary>Starts to build a controller for the objects of this informer.</summary>
    /// <param name="informer">Informer of the primary kind. The caller runs it.</param>
    /// <param name="when">Changes that count, such as <see cref="StoreChange{T}.IsSpecChange"/>; all if null.</param>
    public static ControllerBuilder For<T>(Informer<T> informer, Func<StoreChange<T>, bool>? when = null)
        where T : class, IKubernetesObject
    {
        ArgumentNullException.ThrowIfNull(informer);
        return new ControllerBuilder(() => informer.Store.List().Select(target => NamespacedName.Of(target))).Watches(
            informer,
            target => [NamespacedName.Of(target)],
            when
        );
    }

    /// <summary>Reconciles this key soon. For changes that no informer sees.</summary>
    public void Enqueue(NamespacedName key) => _queue.Add(key);

    /// <summary>
    /// Waits for the informers to sync, then works until cancelled. It returns, without an exception, when the last reconcile under way has
    /// returned.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_syncs.Select(sync => sync(cancellationToken)));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        Log.Started(_logger, _options.Name, _options.Workers);
        KubeMetrics.BeginController(_options.Name, _options.Workers);
        await Task.WhenAll([
            ResyncAsync(cancellationToken),
            .. Enumerable.Range(0, _options.Workers).Select(_ => WorkAsync(cancellationToken)),
        ]);
        Log.Stopped(_logger, _options.Name);
    }

    /// <inheritdoc/>
    public void Dispose() => _queue.Dispose();

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        // Leaves the caller's thread even when a reconcile never waits.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!cancellationToken.IsCancellationRequested)
        {
            NamespacedName key;
            try
            {
                key = await _queue.TakeAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await OneAsync(key, cancellationToken);
        }
    }

    private async Task OneAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        using var scope = _options.ScopeOf?.Invoke(key) is { } about ? _logger.BeginScope(about) : null;
        using var activity = KubeTraces.Reconcile(_options.Name, key);
        var started = _clock.GetTimestamp();
        var outcome = KubeMetrics.ReconcileResults.Error;
        KubeMetrics.ReconcileBegan(_options.Name);
        try
        {
            var result = await _reconcile(key, cancellationToken);
            outcome = Follow(key, result);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            outcome = KubeMetrics.ReconcileResults.Requeue;
        }
        catch (ApiException e) when (e.IsConflict)
        {
            outcome = KubeMetrics.ReconcileResults.Requeue;
            Log.Conflict(_logger, _options.Name, key, _queue.AddWithBackoff(key).TotalSeconds);
        }
        catch (NotLeaderException e)
        {
            // The host is about to stop this process.
            outcome = KubeMetrics.ReconcileResults.Requeue;
            Log.NotLeader(_logger, _options.Name, key, e.Message);
            _queue.AddWithBackoff(key);
        }
        catch (Exception e)
        {
            var wait = _queue.AddWithBackoff(key, (e as ApiException)?.RetryAfter ?? TimeSpan.Zero);
            Log.Failed(_logger, e, _options.Name, key, _queue.Failures(key), wait.TotalSeconds);
        }
        finally
        {
            _queue.Done(key);
            KubeMetrics.ReconcileEnded(_options.Name, outcome, _clock.GetElapsedTime(started));
        }
    }

    private string Follow(NamespacedName key, ReconcileResult result)
    {
        if (result.WithBackoff)
        {
            _queue.AddWithBackoff(key);
            return KubeMetrics.ReconcileResults.Requeue;
        }

        _queue.Forget(key);
        if (result.RequeueAfter is not { } delay)
        {
            return KubeMetrics.ReconcileResults.Success;
        }

        _queue.AddAfter(key, delay);
        return KubeMetrics.ReconcileResults.RequeueAfter;
    }

    private async Task ResyncAsync(CancellationToken cancellationToken)
    {
        while (_options.Resync > TimeSpan.Zero && !cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(_options.Resync * 0.95, _clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            // Jitter, not a secret.
            foreach (var key in _primaryKeys())
            {
                _queue.AddAfter(key, _options.Resync * 0.1 * Random.Shared.NextDouble());
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Controller}: synced, starting {Workers} workers")]
        public static partial void Started(ILogger logger, string controller, int workers);

        [LoggerMessage(LogLevel.Information, "{Controller}: stopped")]
        public static partial void Stopped(ILogger logger, string controller);

        [LoggerMessage(LogLevel.Error, "{Controller}: {Key} failed {Failures} times in a row, retrying in {Seconds} s")]
        public static partial void Failed(
            ILogger logger,
            Exception exception,
            string controller,
            NamespacedName key,
            int failures,
            double seconds
        );

        [LoggerMessage(LogLevel.Debug, "{Controller}: skipped {Key}: {Cause}")]
        public static partial void NotLeader(ILogger logger, string controller, NamespacedName key, string cause);

        [LoggerMessage(LogLevel.Debug, "{Controller}: {Key} changed meanwhile, retrying in {Seconds} s")]
        public static partial void Conflict(ILogger logger, string controller, NamespacedName key, double seconds);
    }
}
