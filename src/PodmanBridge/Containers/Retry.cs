namespace Stromboli.PodmanBridge.Containers;

/// <summary>Repeats what has to succeed in the end, such as the removal of a container while the engine is away.</summary>
/// <param name="First">The pause after the first failure; each pause is twice the one before.</param>
/// <param name="Longest">The longest pause.</param>
internal sealed record Retry(TimeSpan First, TimeSpan Longest)
{
    /// <summary>From one second to half a minute.</summary>
    public static Retry Patient { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    /// <summary>Repeats until the action succeeds.</summary>
    /// <param name="action">What is repeated.</param>
    /// <param name="failed">Called with each failure.</param>
    /// <param name="clock">The clock of the pauses.</param>
    /// <param name="stopping">Ends the pauses, not the action.</param>
    /// <returns>Whether it succeeded; false if it was stopped before.</returns>
    public async Task<bool> RunAsync(Func<Task> action, Action<Exception> failed, TimeProvider clock, CancellationToken stopping)
    {
        for (var pause = First; !stopping.IsCancellationRequested; pause = 2 * pause < Longest ? 2 * pause : Longest)
        {
            try
            {
                await action();
                return true;
            }
            catch (Exception e)
            {
                failed(e);
                await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return false;
    }
}
