using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>
/// The runs that wait for a Secret or ConfigMap, by its name. Nobody may watch Secrets, so each name is looked at now and then, once for
/// all runs that wait for it, and all names one after another, by namespaces in turn: any number of runs that wait cost a bounded number of
/// requests. Runs are woken when what they wait for has changed.
/// </summary>
internal sealed partial class InputWaits(
    InputLooks looks,
    RunSignals signals,
    RunOptions options,
    TimeProvider clock,
    ILogger<InputWaits> logger
) : IDisposable
{
    /// <summary>The least time between two looks, over all names.</summary>
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly LookQueue _places = new();
    private readonly Dictionary<string, InputPlace> _byUID = [];
    private readonly SemaphoreSlim _sooner = new(0, 1);

    /// <summary>What the run waits for, if nothing is known to have changed since it was read for it; else null.</summary>
    public SecretCheck? Find(string uid)
    {
        lock (_gate)
        {
            return _byUID.TryGetValue(uid, out var place) ? _places.Find(place)!.Waiting[uid].Check : null;
        }
    }

    /// <summary>The run waits for what it was told.</summary>
    /// <param name="run">The run.</param>
    /// <param name="check">What was found for it; it names a place.</param>
    public void Add(AgentRun run, SecretCheck check)
    {
        var (place, version) = check.WaitsFor!.Value;
        List<NamespacedName> changed;
        lock (_gate)
        {
            Remove(run.UID());
            var now = clock.GetUtcNow();
            var waited = _places.Find(place) ?? new WaitedInput { Version = version };
            // It has found another thing there than those who wait.
            changed = waited.Version == version ? [] : Take(place, waited);
            waited.Version = version;
            _places.Set(place, waited);
            // What else was read for it is not kept.
            waited.Waiting[run.UID()] = new(
                NamespacedName.Of(run),
                new SecretCheck
                {
                    Reason = check.Reason,
                    Message = check.Message,
                    WaitsFor = check.WaitsFor,
                }
            );
            _byUID[run.UID()] = place;
            waited.Newest = now;
            // That nothing is there may have been remembered: what came since is seen when that is over.
            var soon = now + InputLooks.Remembered;
            if (soon < waited.NextLook)
            {
                waited.NextLook = soon;
            }
        }
        Sooner();
        Wake(changed);
    }

    /// <summary>The run waits no more.</summary>
    public void Forget(string uid)
    {
        lock (_gate)
        {
            Remove(uid);
        }
    }

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await NextAsync(cancellationToken) is not { } place)
                {
                    continue;
                }

                await LookAsync(place, cancellationToken);
                await Task.Delay(Spacing, clock, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The end that was asked for.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _sooner.Dispose();

    private async Task LookAsync(InputPlace place, CancellationToken cancellationToken)
    {
        string? version = null;
        try
        {
            version = (await looks.LookAsync(place, cancellationToken)).Version;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, place.Key, e.Message);
        }
        List<NamespacedName> changed = [];
        lock (_gate)
        {
            if (_places.Find(place) is not { } waited)
            {
                return;
            }

            if (version is not null && version != waited.Version)
            {
                changed = Take(place, waited);
            }
            else
            {
                waited.NextLook = clock.GetUtcNow() + Backoff(waited);
            }
        }
        Wake(changed);
    }

    // Half of the time that the newest has waited: often at first, when it is just about to be applied, and seldom later.
    private TimeSpan Backoff(WaitedInput waited)
    {
        var wait = (clock.GetUtcNow() - waited.Newest) / 2;
        return wait < options.SecretRetry ? options.SecretRetry
            : wait > options.SecretRetryMax ? options.SecretRetryMax
            : wait;
    }

    // The name whose look is due, or null when something has come in between.
    private async Task<InputPlace?> NextAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (_places.Take(now) is { } next)
            {
                return next;
            }

            wait = _places.Due is { } time ? time - now : Timeout.InfiniteTimeSpan;
        }
        using var due = new CancellationTokenSource(wait, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, due.Token);
        try
        {
            await _sooner.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is due.
        }
        return null;
    }

    private void Sooner()
    {
        try
        {
            if (_sooner.CurrentCount == 0)
            {
                _sooner.Release();
            }
        }
        catch (SemaphoreFullException)
        {
            // Somebody else was faster.
        }
    }

    private List<NamespacedName> Take(InputPlace place, WaitedInput waited)
    {
        _places.Remove(place);
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
            _byUID.Remove(uid, out var place)
            && _places.Find(place) is { } waited
            && waited.Waiting.Remove(uid)
            && waited.Waiting.Count == 0
        )
        {
            _places.Remove(place);
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
        [LoggerMessage(LogLevel.Warning, "{Place}, which runs wait for, cannot be read: {Cause}")]
        public static partial void Failed(ILogger logger, NamespacedName place, string cause);
    }
}
