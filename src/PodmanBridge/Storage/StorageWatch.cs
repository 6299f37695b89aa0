using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Keeps runs within their disk limits and the node's disk from running full (docs/design/storage.md). It reads the free space regularly,
/// which is cheap, and measures a run when the free space suggests that the run may be near its limit.
/// </summary>
internal sealed partial class StorageWatch(
    StorageTenants tenants,
    Measurer measurer,
    EngineFolders engine,
    PulledImages images,
    DiskRelief relief,
    DiskPressure pressure,
    IPressureListener listener,
    TimeProvider clock,
    ILogger<StorageWatch> logger
) : BackgroundService
{
    private static readonly TimeSpan ReliefTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterNoRelief = TimeSpan.FromSeconds(10);

    // The engine may hang; runs are watched regardless.
    private static readonly TimeSpan LearnTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LearnInterval = TimeSpan.FromSeconds(30);

    private readonly FreeSpace _floor = pressure.Floor;

    // A run that is slow to measure delays only others like it.
    private readonly SemaphoreSlim _quick = new(2);
    private readonly SemaphoreSlim _slow = new(1);
    private readonly Dictionary<StorageTenant, WatchedTenant> _watched = [];
    private long? _noRelief;
    private long? _learned;

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _quick.Dispose();
        _slow.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan? pause;
            try
            {
                pause = await LookAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                Log.Failed(logger, e.Message);
                pause = AfterNoRelief;
            }

            await PauseAsync(pause, stoppingToken);
        }

        await Task.WhenAll(_watched.Values.Select(watched => watched.Looking)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // Returns the time until the next look; null while there is nothing to watch.
    private async Task<TimeSpan?> LookAsync(CancellationToken cancellationToken)
    {
        var runs = Refresh();
        // The parent of the volumes, because only their owner may enter the volumes themselves.
        var place = runs is [{ Tenant.Volumes: [var volume, ..] }, ..]
            ? Path.GetDirectoryName(Path.GetDirectoryName(volume.Directory))!
            : await engine.VolumesAsync(cancellationToken);
        var free = FreeSpace.At(place);
        foreach (var run in runs.Where(run => run.Looking.IsCompleted && !run.Ended && IsDue(run, free)))
        {
            run.Looking = MeasureAsync(run, free, cancellationToken);
        }

        var shortage = new DiskShortage(_floor, free, await FreeOfImagesAsync(place, cancellationToken), pressure.Present);
        if (pressure.Update(shortage.Least))
        {
            Log.Pressure(logger, pressure.Present, shortage.Least.Bytes, shortage.Least.Files);
            await listener.PressureChangedAsync(cancellationToken);
        }

        var relieved = pressure.Present
            ? await RelieveAsync(runs, shortage with { Pressed = true }, cancellationToken)
            : images.IsFull && await relief.TryImagesAsync(isLow: false, cancellationToken);
        return runs.Count == 0 && !relieved && !relief.IsPulling ? null : StorageRules.Pause(free, _floor);
    }

    // What the images' file system has free, if it is not the volumes' file system.
    private async Task<FreeSpace?> FreeOfImagesAsync(string volumes, CancellationToken cancellationToken)
    {
        if (engine.Images is null && (_learned is not { } tried || clock.GetElapsedTime(tried) >= LearnInterval))
        {
            _learned = clock.GetTimestamp();
            using var timeout = new CancellationTokenSource(LearnTimeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
            try
            {
                await engine.LearnAsync(either.Token);
            }
            catch (Exception e)
                when (e is PodmanException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                Log.NotLearned(logger, e.Message);
            }
        }

        return engine.Images is { } folder && FileIdentity.Of(folder).Dev != FileIdentity.Of(volumes).Dev ? FreeSpace.At(folder) : null;
    }

    // A new run ends the long pause of an idle node.
    private async Task PauseAsync(TimeSpan? pause, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var delay = Task.Delay(pause ?? StorageRules.IdleTick, clock, over.Token);
        await (pause is null ? Task.WhenAny(delay, tenants.AnyAsync(over.Token)) : delay).ConfigureAwait(
            ConfigureAwaitOptions.SuppressThrowing
        );
        await over.CancelAsync();
    }

    private IReadOnlyList<WatchedTenant> Refresh()
    {
        var present = tenants.All.ToHashSet();
        foreach (var gone in _watched.Keys.Where(tenant => !present.Contains(tenant)).ToList())
        {
            _watched.Remove(gone);
        }

        foreach (var tenant in present)
        {
            _watched.TryAdd(tenant, new WatchedTenant(tenant));
        }

        return [.. _watched.Values];
    }

    private bool IsDue(WatchedTenant run, FreeSpace free) =>
        StorageRules.IsDue(run.Tenant.Limits, run.Last, free, run.Last is { } last ? clock.GetElapsedTime(last.At) : default);

    private async Task MeasureAsync(WatchedTenant run, FreeSpace free, CancellationToken cancellationToken)
    {
        var timeout = StorageRules.TimeoutAfter(run.Last);
        var slots = timeout > StorageRules.Timeout ? _slow : _quick;
        await slots.WaitAsync(cancellationToken);
        try
        {
            var measured = await MeasureAsync(run.Tenant, free, timeout, run.Tenant.Limits.Enough, cancellationToken);
            run.Last = measured;
            if (StorageRules.Excess(run.Tenant.Limits, measured) is { } sentence)
            {
                run.End(sentence);
            }
        }
        catch (IOException e)
        {
            // Most likely the container is gone. If not, the next try measures it, and the floor holds until then.
            Log.NotMeasured(logger, run.Tenant.Key, e.Message);
            await Task.Delay(StorageRules.Tick, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<Measurement> MeasureAsync(
        StorageTenant tenant,
        FreeSpace free,
        TimeSpan timeout,
        long? enough,
        CancellationToken cancellationToken
    )
    {
        var began = clock.GetTimestamp();
        var usage = await measurer.MeasureAsync(tenant, timeout, enough, cancellationToken);
        tenant.Measured?.Invoke(usage);
        return new Measurement(usage, free, began, clock.GetElapsedTime(began), timeout);
    }

    // One removal at a time, because a run's space becomes free only when the run is gone.
    private async Task<bool> RelieveAsync(IReadOnlyList<WatchedTenant> runs, DiskShortage shortage, CancellationToken cancellationToken)
    {
        if (runs.Any(run => run.Ended) || (_noRelief is { } tried && clock.GetElapsedTime(tried) < AfterNoRelief))
        {
            return false;
        }

        if (
            await relief.TryAsync(
                shortage,
                MeasureAllAsync,
                (key, sentence) => runs.First(run => run.Tenant.Key == key).End(sentence),
                cancellationToken
            )
        )
        {
            return true;
        }

        if (!StorageRules.IsLow(shortage.Least, _floor))
        {
            return false;
        }

        _noRelief = clock.GetTimestamp();
        Log.NoLargeRun(logger, shortage.Least.Bytes, shortage.Least.Files);
        return false;

        async Task<IReadOnlyList<(StorageTenant Tenant, StorageUsage Usage)>> MeasureAllAsync()
        {
            var measured = await Task.WhenAll(runs.Select(run => TryMeasureAsync(run, shortage.Volumes, cancellationToken)));
            return [.. measured.OfType<(WatchedTenant Run, StorageUsage Usage)>().Select(pair => (pair.Run.Tenant, pair.Usage))];
        }
    }

    private async Task<(WatchedTenant Run, StorageUsage Usage)?> TryMeasureAsync(
        WatchedTenant run,
        FreeSpace free,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return (run, (await MeasureAsync(run.Tenant, free, ReliefTimeout, enough: null, cancellationToken)).Usage);
        }
        catch (IOException e)
        {
            Log.NotMeasured(logger, run.Tenant.Key, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "What attempt {Attempt} has on the disk could not be measured: {Error}")]
        public static partial void NotMeasured(ILogger logger, AttemptKey attempt, string error);

        [LoggerMessage(LogLevel.Warning, "The disk is short of space: {Present}; {Free} bytes and {Files} inodes are left")]
        public static partial void Pressure(ILogger logger, bool present, long free, long? files);

        [LoggerMessage(
            LogLevel.Warning,
            "The engine does not tell where it keeps images; until it does, they count as being where the volumes are: {Error}"
        )]
        public static partial void NotLearned(ILogger logger, string error);

        [LoggerMessage(
            LogLevel.Error,
            "The disk is nearly full, {Free} bytes and {Files} inodes are left, and nothing that could go has a share in it that matters; make room"
        )]
        public static partial void NoLargeRun(ILogger logger, long free, long? files);

        [LoggerMessage(LogLevel.Error, "The disk could not be looked at: {Error}")]
        public static partial void Failed(ILogger logger, string error);
    }
}
