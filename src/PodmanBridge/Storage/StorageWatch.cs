using Stromboli.PodmanBridge.Podman;
using Stromboli.PodmanBridge.Runs;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Keeps the runs of a node within their limits of disk, and the node's disk from running full (docs/design/storage.md). Idle while there is no run; otherwise it
/// asks the file system now and then for its free space, which costs nothing, and measures a run when that says that it may be near its limit.
/// </summary>
internal sealed partial class StorageWatch(
    StorageTenants tenants, Measurer measurer, RunSupervisor attempts, BridgeOptions options, TimeProvider time, ILogger<StorageWatch> logger) : BackgroundService
{
    private static readonly TimeSpan ReliefPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterNoRelief = TimeSpan.FromSeconds(10);

    private readonly FreeSpace _floor = new(options.MinFreeBytes, options.MinFreeFiles);

    // A run that takes long to be measured holds up no others but those like it.
    private readonly SemaphoreSlim _quick = new(2);
    private readonly SemaphoreSlim _slow = new(1);
    private readonly Dictionary<StorageTenant, WatchedTenant> _watched = [];
    private long? _noRelief;

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
            var pause = StorageRules.Tick;
            try
            {
                await tenants.AnyAsync(stoppingToken);
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

            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(_watched.Values.Select(watched => watched.Looking)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<TimeSpan> LookAsync(CancellationToken cancellationToken)
    {
        var runs = Refresh();
        if (runs is not [{ Tenant.Volumes: [var volume, ..] }, ..])
            return StorageRules.Tick;
        // What is around the volumes: they themselves may be entered by their owner alone.
        var free = FreeSpace.At(Path.GetDirectoryName(Path.GetDirectoryName(volume.Directory))!);
        foreach (var run in runs.Where(run => run.Looking.IsCompleted && !run.Ended && IsDue(run, free)))
            run.Looking = MeasureAsync(run, free, cancellationToken);
        if (StorageRules.IsLow(free, _floor))
            await RelieveAsync(runs, free, cancellationToken);
        return StorageRules.Pause(free, _floor);
    }

    private IReadOnlyList<WatchedTenant> Refresh()
    {
        var present = tenants.All.ToHashSet();
        foreach (var gone in _watched.Keys.Where(tenant => !present.Contains(tenant)).ToList())
            _watched.Remove(gone);
        foreach (var tenant in present)
            _watched.TryAdd(tenant, new WatchedTenant(tenant));
        return [.. _watched.Values];
    }

    private bool IsDue(WatchedTenant run, FreeSpace free) =>
        StorageRules.IsDue(run.Tenant.Limits, run.Last, free, run.Last is { } last ? time.GetElapsedTime(last.At) : default);

    private async Task MeasureAsync(WatchedTenant run, FreeSpace free, CancellationToken cancellationToken)
    {
        var patience = StorageRules.PatienceAfter(run.Last);
        var slots = patience > StorageRules.Patience ? _slow : _quick;
        await slots.WaitAsync(cancellationToken);
        try
        {
            var measured = await MeasureAsync(run.Tenant, free, patience, run.Tenant.Limits.Enough, cancellationToken);
            run.Last = measured;
            if (StorageRules.Excess(run.Tenant.Limits, measured) is { } sentence)
                run.End(sentence);
        }
        catch (IOException e)
        {
            // Most likely its container is just gone. If not, the next try is the same, and the floor holds meanwhile.
            Log.NotMeasured(logger, run.Tenant.Key, e.Message);
            await Task.Delay(StorageRules.Tick, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<Measurement> MeasureAsync(StorageTenant tenant, FreeSpace free, TimeSpan patience, long? enough, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var usage = await measurer.MeasureAsync(tenant, patience, enough, cancellationToken);
        return new Measurement(usage, free, began, time.GetElapsedTime(began), patience);
    }

    // First what nobody uses any more, then the run that has most. One at a time: its place comes free only when it is gone.
    private async Task RelieveAsync(IReadOnlyList<WatchedTenant> runs, FreeSpace free, CancellationToken cancellationToken)
    {
        if (runs.Any(run => run.Ended) || (_noRelief is { } tried && time.GetElapsedTime(tried) < AfterNoRelief))
            return;
        if (await TryFreeOldestAsync(free, cancellationToken))
            return;
        var measured = await Task.WhenAll(runs.Select(run => TryMeasureAsync(run, free, cancellationToken)));
        if (StorageRules.Largest(measured.OfType<(WatchedTenant Run, StorageUsage Usage)>(), free, _floor) is { } largest)
        {
            largest.End(StorageRules.Full(measured.First(pair => pair?.Run == largest)!.Value.Usage, free, _floor));
        }
        else
        {
            _noRelief = time.GetTimestamp();
            Log.NobodyIsLarge(logger, free.Bytes, free.Files);
        }
    }

    private async Task<bool> TryFreeOldestAsync(FreeSpace free, CancellationToken cancellationToken)
    {
        foreach (var attempt in attempts.Freeable())
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                await attempt.FreeAsync();
                Log.Freed(logger, attempt.Key, free.Bytes);
                return true;
            }
            catch (Exception e) when (e is PodmanException or OperationCanceledException)
            {
                Log.NotFreed(logger, attempt.Key, e.Message);
            }
        }

        return false;
    }

    private async Task<(WatchedTenant Run, StorageUsage Usage)?> TryMeasureAsync(WatchedTenant run, FreeSpace free, CancellationToken cancellationToken)
    {
        try
        {
            return (run, (await MeasureAsync(run.Tenant, free, ReliefPatience, enough: null, cancellationToken)).Usage);
        }
        catch (IOException e)
        {
            Log.NotMeasured(logger, run.Tenant.Key, e.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "What attempt {Attempt} has on the disk could not be measured: {Error}")]
        public static partial void NotMeasured(ILogger logger, AttemptKey attempt, string error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The disk is nearly full, {Free} bytes are left: the workspace of attempt {Attempt}, which is over, is removed")]
        public static partial void Freed(ILogger logger, AttemptKey attempt, long free);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The workspace of attempt {Attempt} could not be removed: {Error}")]
        public static partial void NotFreed(ILogger logger, AttemptKey attempt, string error);

        [LoggerMessage(Level = LogLevel.Error, Message = "The disk is nearly full, {Free} bytes and {Files} inodes are left, and no run has a share in it that matters; make room")]
        public static partial void NobodyIsLarge(ILogger logger, long free, long? files);

        [LoggerMessage(Level = LogLevel.Error, Message = "The disk could not be looked at: {Error}")]
        public static partial void Failed(ILogger logger, string error);
    }
}
