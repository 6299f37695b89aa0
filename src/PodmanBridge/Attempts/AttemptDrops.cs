using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// The attempts that are being removed from the node, each tried until it is done, and what is wanted of them meanwhile. Its owner guards
/// it by one lock; what it calls back is called without.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="gone">Called when nothing of an attempt is left; it takes the attempt out with <see cref="Finish"/>.</param>
/// <param name="stopping">Nothing is tried again then: the next bridge does.</param>
internal sealed partial class AttemptDrops(TimeProvider clock, ILogger logger, Action<AttemptKey> gone, CancellationToken stopping)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(30);

    private readonly Dictionary<AttemptKey, Task> _drops = [];
    private readonly Dictionary<AttemptKey, DesiredAttempt> _wanted = [];

    /// <summary>Whether an attempt is being removed.</summary>
    public bool Contains(AttemptKey key) => _drops.ContainsKey(key);

    /// <summary>Begins to remove an attempt, unless that is under way. What was wanted of it meanwhile no longer is.</summary>
    public void Begin(AttemptSupervisor attempt)
    {
        _wanted.Remove(attempt.Key);
        if (!Contains(attempt.Key))
        {
            _drops[attempt.Key] = DropAsync(attempt);
        }
    }

    /// <summary>
    /// Notes what is wanted of an attempt once nothing is left of the one that is being removed, as when a record met a conflict.
    /// </summary>
    public void WantAfter(AttemptKey key, DesiredAttempt desired) => _wanted[key] = desired;

    /// <summary>Nothing is wanted of the attempt any more.</summary>
    public void ForgetWanted(AttemptKey key) => _wanted.Remove(key);

    /// <summary>Takes out an attempt of which nothing is left.</summary>
    /// <returns>What is wanted of it now; null if nothing is.</returns>
    public DesiredAttempt? Finish(AttemptKey key)
    {
        _drops.Remove(key);
        return _wanted.Remove(key, out var desired) ? desired : null;
    }

    /// <summary>Waits for all that is under way now.</summary>
    public Task WaitAsync() => Task.WhenAll(_drops.Values);

    private async Task DropAsync(AttemptSupervisor attempt)
    {
        // Off the lock, which the caller holds.
        await Task.Yield();
        for (var pause = FirstPause; !await TryDropAsync(attempt); pause = pause < LastPause ? 2 * pause : LastPause)
        {
            await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                return;
            }
        }

        gone(attempt.Key);
    }

    private async Task<bool> TryDropAsync(AttemptSupervisor attempt)
    {
        try
        {
            await attempt.DropAsync();
            return true;
        }
        catch (Exception e)
        {
            Log.Failed(logger, e, attempt.Key);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "What is left of attempt {Attempt} could not be removed; it is tried again")]
        public static partial void Failed(ILogger logger, Exception exception, AttemptKey attempt);
    }
}
