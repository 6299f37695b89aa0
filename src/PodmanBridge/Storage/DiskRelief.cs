using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Makes room on a disk that is full, one thing after another (<see cref="ReliefRules"/>): what was removed may be enough.
/// </summary>
internal sealed partial class DiskRelief(
    DiskUseReader reader,
    ImageRemover images,
    ImageFetcher fetcher,
    Func<IReadOnlyList<IFinishedAttempt>> finished,
    TimeProvider clock,
    ILogger<DiskRelief> logger
)
{
    // What a run or a pull that was ended has on the disk comes free a moment later; without this its neighbour would go, too.
    private static readonly TimeSpan AfterEnd = TimeSpan.FromSeconds(5);

    // An image that cannot be removed, since something outside has it, is not tried again for so long.
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _failed = [];
    private AttemptKey? _endedRun;
    private long? _ended;

    /// <summary>Whether something is being pulled, which fills the disk although no run does.</summary>
    public bool IsPulling => fetcher.Fetches.Count > 0;

    /// <summary>Whether what was ended last is still waited for.</summary>
    private bool Waits => _ended is { } ended && clock.GetElapsedTime(ended) < AfterEnd;

    /// <summary>Makes room.</summary>
    /// <param name="shortage">What there is too little of.</param>
    /// <param name="measure">Measures the runs that go on.</param>
    /// <param name="end">Ends one of them, for a reason in a sentence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>True if something was removed or is about to be; false if there is nothing.</returns>
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

    /// <summary>Removes the image that was not used for longest, if there is one that nothing uses.</summary>
    /// <param name="isLow">Whether less is left than the floor, so that pulls end, too.</param>
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
            // What needs no engine can still be done.
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
            // Without the engine no workspace can be removed, and a run can still be ended.
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
                    Log.PullEnded(logger, image);
                    return true;
                case DiskRemoval.Workspace(var key):
                    await Attempt(key).FreeAsync();
                    Log.Freed(logger, key, shortage?.Volumes.Bytes ?? 0);
                    return true;
                case DiskRemoval.Log(var key):
                    Attempt(key).FreeLog();
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
            "The disk is nearly full, {Free} bytes are left: the workspace of attempt {Attempt}, which is over, is removed"
        )]
        public static partial void Freed(ILogger logger, AttemptKey attempt, long free);

        [LoggerMessage(LogLevel.Warning, "The disk is nearly full: the log of attempt {Attempt}, which is over, is removed")]
        public static partial void LogRemoved(ILogger logger, AttemptKey attempt);

        [LoggerMessage(LogLevel.Warning, "The disk is nearly full: the pull of the image {Image} is ended")]
        public static partial void PullEnded(ILogger logger, string image);

        [LoggerMessage(LogLevel.Warning, "Could not make room on the disk by {Removal}: {Error}")]
        public static partial void NotRemoved(ILogger logger, DiskRemoval removal, string error);

        [LoggerMessage(LogLevel.Warning, "What is on the disk cannot be asked of the engine: {Error}")]
        public static partial void NotRead(ILogger logger, string error);
    }
}
