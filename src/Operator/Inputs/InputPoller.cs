using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Inputs;

/// <summary>
/// Polls the Secrets and ConfigMaps that runs wait for, because the operator has no right to watch Secrets. Each object is polled once for
/// all runs that wait for it, and the namespaces take turns, so any number of waiting runs costs a bounded number of requests. Wakes the
/// runs when their object has changed.
/// </summary>
internal sealed partial class InputPoller(
    InputFetcher fetcher,
    RunSignals signals,
    InputOptions options,
    TimeProvider clock,
    ILogger<InputPoller> logger
) : IDisposable
{
    /// <summary>The least time between two polls, over all objects.</summary>
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly PollQueue _queue = new();
    private readonly Dictionary<string, InputSource> _byUID = [];
    private readonly SemaphoreSlim _added = new(0, 1);

    /// <summary>What the run waits for, unless the object is known to have changed; null otherwise.</summary>
    public InputCheck? Find(string uid)
    {
        lock (_gate)
        {
            return _byUID.TryGetValue(uid, out var source) ? _queue.Find(source)!.Waiting[uid].Check : null;
        }
    }

    /// <summary>The run begins to wait.</summary>
    /// <param name="run">The run.</param>
    /// <param name="check">What the run waits for. It names an object.</param>
    public void Add(AgentRun run, InputCheck check)
    {
        var (source, version) = check.WaitsFor!.Value;
        List<NamespacedName> changed;
        lock (_gate)
        {
            Remove(run.UID());
            var now = clock.GetUtcNow();
            var waited = _queue.Find(source) ?? new PolledInput { Version = version };
            // This run found another version than the runs that already wait.
            changed = waited.Version == version ? [] : TakeWaiting(source, waited);
            waited.Version = version;
            _queue.Set(source, waited);
            // The other inputs that were read for the run are not kept.
            waited.Waiting[run.UID()] = new(
                NamespacedName.Of(run),
                new InputCheck
                {
                    Reason = check.Reason,
                    Message = check.Message,
                    WaitsFor = check.WaitsFor,
                }
            );
            _byUID[run.UID()] = source;
            waited.Newest = now;
            // The fetcher may have remembered that the object was missing. An object that was created since is seen after that time.
            var soon = now + InputFetcher.Remembered;
            if (soon < waited.NextPoll)
            {
                waited.NextPoll = soon;
            }
        }
        WakeLoop();
        Wake(changed);
    }

    /// <summary>The run no longer waits.</summary>
    public void Forget(string uid)
    {
        lock (_gate)
        {
            Remove(uid);
        }
    }

    /// <summary>Polls until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await NextAsync(cancellationToken) is not { } source)
                {
                    continue;
                }

                await PollAsync(source, cancellationToken);
                await Task.Delay(Spacing, clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The leader stops.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _added.Dispose();

    private async Task PollAsync(InputSource source, CancellationToken cancellationToken)
    {
        string? version = null;
        try
        {
            version = (await fetcher.FetchAsync(source, cancellationToken)).Version;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, source.Key, e.Message);
        }
        List<NamespacedName> changed = [];
        lock (_gate)
        {
            if (_queue.Find(source) is not { } waited)
            {
                return;
            }

            if (version is not null && version != waited.Version)
            {
                changed = TakeWaiting(source, waited);
            }
            else
            {
                waited.NextPoll = clock.GetUtcNow() + Backoff(waited);
            }
        }
        Wake(changed);
    }

    // Half of the time that the newest run has waited: often at first, when the object is probably about to be created, and rarely
    // later.
    private TimeSpan Backoff(PolledInput waited)
    {
        var wait = (clock.GetUtcNow() - waited.Newest) / 2;
        return wait < options.PollInterval ? options.PollInterval
            : wait > options.PollIntervalMax ? options.PollIntervalMax
            : wait;
    }

    // The object to poll now; null if another came in between.
    private async Task<InputSource?> NextAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (_queue.Take(now) is { } next)
            {
                return next;
            }

            wait = _queue.Due is { } time ? time - now : Timeout.InfiniteTimeSpan;
        }
        using var due = new CancellationTokenSource(wait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        try
        {
            await _added.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over.
        }
        return null;
    }

    private void WakeLoop()
    {
        try
        {
            if (_added.CurrentCount == 0)
            {
                _added.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Another thread has signalled in between.
        }
    }

    private List<NamespacedName> TakeWaiting(InputSource source, PolledInput waited)
    {
        _queue.Remove(source);
        foreach (var uid in waited.Waiting.Keys)
        {
            _byUID.Remove(uid);
        }

        List<NamespacedName> all = [.. waited.Waiting.Values.Select(w => w.Run)];
        waited.Waiting.Clear();
        return all;
    }

    private void Remove(string uid)
    {
        if (
            _byUID.Remove(uid, out var source)
            && _queue.Find(source) is { } waited
            && waited.Waiting.Remove(uid)
            && waited.Waiting.Count == 0
        )
        {
            _queue.Remove(source);
        }
    }

    private void Wake(List<NamespacedName> runs)
    {
        foreach (var run in runs)
        {
            signals.Wake(run);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Cannot read {Source}, which runs wait for: {Cause}")]
        public static partial void Failed(ILogger logger, NamespacedName source, string cause);
    }
}
