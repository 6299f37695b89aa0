using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Stops what one attempt has running, and clears it away.</summary>
internal sealed partial class AttemptStop(
    AttemptState state,
    AttemptSandbox sandbox,
    AttemptSignals signals,
    AttemptServices services,
    CancellationToken closing
)
{
    /// <summary>From TERM to KILL. With it, the end is stored within two seconds of a deadline or a cancel.</summary>
    private static readonly TimeSpan StopGrace = TimeSpan.FromSeconds(1);

    /// <summary>What the shim gets beyond its own grace before the engine kills the container under it.</summary>
    private static readonly TimeSpan StopBackstop = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(30);

    private volatile bool _cleaned;

    /// <summary>Whether the container is removed.</summary>
    public bool IsCleanedUp => _cleaned;

    /// <summary>Stops what runs, for the cause that was decided.</summary>
    /// <param name="released">Whether something of the tenant's may run; if not, there is nobody to ask.</param>
    public async Task StopAsync(bool released)
    {
        var cause = state.Record.Cause;
        Log.Stopping(services.Logger, state.Record.Key, cause);
        if (released && cause != EndCause.Dropped)
        {
            sandbox.Refuse();
            // What fills the disk gets no time to fill more of it.
            sandbox.Shim!.Stop(cause == EndCause.StorageExceeded ? TimeSpan.Zero : StopGrace);
            await Task.WhenAny(signals.Over, Task.Delay(StopGrace + StopBackstop, services.Clock));
        }

        await KillAsync();
    }

    /// <summary>
    /// Removes the container: at once, or while the engine is away as soon as it is back. Gives up only when the bridge stops.
    /// </summary>
    public async Task CleanUpAsync()
    {
        for (var pause = FirstPause; !closing.IsCancellationRequested; pause = pause < LastPause ? 2 * pause : LastPause)
        {
            try
            {
                await sandbox.RemoveContainerAsync();
                _cleaned = true;
                return;
            }
            catch (Exception e)
            {
                Log.CleanUpFailed(services.Logger, e, state.Record.Key);
                await Task.Delay(pause, services.Clock, closing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // While the engine does not answer the shim may still do it.
    private async Task KillAsync()
    {
        while (!signals.Over.IsCompleted)
        {
            try
            {
                var kill = sandbox.KillAsync();
                if (await Task.WhenAny(kill, signals.Over) == kill)
                {
                    await kill;
                }

                return;
            }
            catch (Exception e) when (e is PodmanException or OperationCanceledException)
            {
                Log.CleanUpFailed(services.Logger, e, state.Record.Key);
                await Task.WhenAny(signals.Over, Task.Delay(FirstPause, services.Clock));
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Attempt {Attempt} is stopped: {Cause}")]
        public static partial void Stopping(ILogger logger, AttemptKey attempt, EndCause? cause);

        [LoggerMessage(LogLevel.Error, "The container of attempt {Attempt} could not be stopped or removed; it is tried again")]
        public static partial void CleanUpFailed(ILogger logger, Exception exception, AttemptKey attempt);
    }
}
