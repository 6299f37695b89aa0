using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Telemetry;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>Makes room on a full disk by removing one thing at a time (<see cref="ReliefRules"/>), because one may be enough.</summary>
internal sealed partial class DiskRelief(
    DiskUseReader reader,
    ImageRemover images,
    ImageFetcher fetcher,
    Func<IReadOnlyList<IFinishedAttempt>> finished,
    TimeProvider clock,
    ILogger<DiskRelief> logger
)
{
    // The space of a run or pull that was ended becomes free a moment later. Without this pause its neighbour would be ended as well.
    private static readonly TimeSpan AfterEnd = TimeSpan.FromSeconds(5);

    // How long an image that could not be removed, because something else uses it, is left alone.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _failed = [];
    private AttemptKey? _endedRun;
    private long? _ended;

    /// <summary>Whether an image is being pulled, which fills the disk even without a run.</summary>
    public bool IsPulling => fetcher.Fetches.Count > 0;

    /// <summary>Whether the space of what was ended last may still become free.</summary>
    private bool Waits => _ended is { } ended && clock.GetElapsedTime(ended) < AfterEnd;

    /// <summary>Makes room.</summary>
    /// <param name="shortage">What is short.</param>
    /// <param name="measure">Measures the running runs.</param>
    /// <param name="end">Ends a run. The reason is a sentence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>True if something was removed or is about to become free; false if there is nothing to remove.</returns>
    public async Task<bool> TryAsync(
        DiskShortage shortage,
        Func<Task<IReadOnlyList<(StorageTenant Tenant, StorageUsage Usage)>>> measure,
        Action<AttemptKey, string> end,
        CancellationToken cancellationToken
    )
    {
        if (Waits)
        {
            return await TryFreeEndedAsync(shortage, cancellationToken) || Waits;
        }

        if (shortage.OfImages && await TryImagesAsync(shortage.ImagesAreLow, cancellationToken))
        {
            return true;
        }

        if (!shortage.OfVolumes)
        {
            return false;
        }

        var running = await measure();
        var use = await ReadAttemptsAsync(shortage, running, cancellationToken);
        foreach (var removal in ReliefRules.Plan(use))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (removal is DiskRemoval.Run(var key))
            {
                var ended = running.First(run => run.Tenant.Key == key);
                (_endedRun, _ended) = (key, clock.GetTimestamp());
                BridgeMetrics.Relieved(ReliefKind.Run);
                end(key, StorageRules.Full(ended.Tenant.Namespace, ended.Usage, shortage.Volumes, shortage.Floor));
                return true;
            }

            if (await TryRemoveAsync(removal, shortage, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes the least recently used image that nothing uses, if there is one.</summary>
    /// <param name="isLow">Whether less than the floor is free, so that pulls are ended as well.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> TryImagesAsync(bool isLow, CancellationToken cancellationToken)
    {
        foreach (
            var over in _failed.Where(failed => clock.GetElapsedTime(failed.Value) >= AfterFailure).Select(failed => failed.Key).ToList()
        )
        {
            _failed.Remove(over);
        }

        DiskUse use;
        try
        {
            use = await reader.ReadImagesAsync(isLow, _failed.Keys.ToHashSet(), cancellationToken);
        }
        catch (PodmanException e)
        {
            // Relief that needs no engine is still possible.
            Log.NotRead(logger, e.Message);
            return false;
        }

        foreach (var removal in ReliefRules.Plan(use))
        {
            if (await TryRemoveAsync(removal, shortage: null, cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private async Task<DiskUse> ReadAttemptsAsync(
        DiskShortage shortage,
        IReadOnlyList<(StorageTenant Tenant, StorageUsage Usage)> running,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await reader.ReadAttemptsAsync(shortage, running, finished(), cancellationToken);
        }
        catch (PodmanException e)
        {
            // Without the engine no workspace can be removed, but a run can still be ended.
            Log.NotRead(logger, e.Message);
            return DiskUseReader.OfRuns(shortage, running);
        }
    }

    private async Task<bool> TryFreeEndedAsync(DiskShortage shortage, CancellationToken cancellationToken)
    {
        if (finished().FirstOrDefault(attempt => attempt.Key == _endedRun && attempt.HasVolumes) is not { } over)
        {
            return false;
        }

        if (!await TryRemoveAsync(new DiskRemoval.Workspace(over.Key), shortage, cancellationToken))
        {
            return false;
        }

        _ended = null;
        return true;
    }

    private async Task<bool> TryRemoveAsync(DiskRemoval removal, DiskShortage? shortage, CancellationToken cancellationToken)
    {
        try
        {
            switch (removal)
            {
                case DiskRemoval.Image(var id):
                    if (await images.RemoveAsync(id, cancellationToken))
                    {
                        BridgeMetrics.Relieved(ReliefKind.Image);
                        return true;
                    }

                    _failed[id] = clock.GetTimestamp();
                    return false;
                case DiskRemoval.Pull(var image):
                    if (!fetcher.End(image))
                    {
                        return false;
                    }

                    (_endedRun, _ended) = (null, clock.GetTimestamp());
                    BridgeMetrics.Relieved(ReliefKind.Pull);
                    Log.PullEnded(logger, image);
                    return true;
                case DiskRemoval.Workspace(var key):
                    await Attempt(key).FreeAsync();
                    BridgeMetrics.Relieved(ReliefKind.Workspace);
                    Log.Freed(logger, key, shortage?.Volumes.Bytes ?? 0);
                    return true;
                case DiskRemoval.Log(var key):
                    Attempt(key).FreeLog();
                    BridgeMetrics.Relieved(ReliefKind.Log);
                    Log.LogRemoved(logger, key);
                    return true;
                default:
                    return false;
            }
        }
        catch (Exception e)
            when (e is PodmanException or IOException or UnauthorizedAccessException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            Log.NotRemoved(logger, removal, e.Message);
            if (removal is DiskRemoval.Image(var id))
            {
                _failed[id] = clock.GetTimestamp();
            }

            return false;
        }
    }

    private IFinishedAttempt Attempt(AttemptKey key) =>
        finished().FirstOrDefault(attempt => attempt.Key == key) ?? throw new IOException($"Attempt {key} is gone.");

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The disk is nearly full, {Free} bytes are left: removed the workspace of finished attempt {Attempt}"
        )]
        public static partial void Freed(ILogger logger, AttemptKey attempt, long free);

        [LoggerMessage(LogLevel.Warning, "The disk is nearly full: removed the log of finished attempt {Attempt}")]
        public static partial void LogRemoved(ILogger logger, AttemptKey attempt);

        [LoggerMessage(LogLevel.Warning, "The disk is nearly full: ended the pull of image {Image}")]
        public static partial void PullEnded(ILogger logger, string image);

        [LoggerMessage(LogLevel.Warning, "Could not make room on the disk by {Removal}: {Error}")]
        public static partial void NotRemoved(ILogger logger, DiskRemoval removal, string error);

        [LoggerMessage(LogLevel.Warning, "The engine did not say what is on the disk: {Error}")]
        public static partial void NotRead(ILogger logger, string error);
    }
}
