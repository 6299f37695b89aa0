namespace Stromboli.PodmanBridge.Containers;

/// <summary>Repeats an action that must succeed eventually, such as the removal of a container while the engine is away.</summary>
/// <param name="First">The pause after the first failure. Each pause is twice the previous one.</param>
/// <param name="Longest">The longest pause.</param>
internal sealed record Retry(TimeSpan First, TimeSpan Longest)
{
    /// <summary>Pauses from one second to half a minute.</summary>
    public static Retry Patient { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    /// <summary>Repeats until the action succeeds.</summary>
    /// <param name="action">The action.</param>
    /// <param name="failed">Called with each failure.</param>
    /// <param name="clock">The clock that measures the pauses.</param>
    /// <param name="stopping">Ends the pauses, but not the action.</param>
    /// <returns>Whether the action succeeded; false if it was stopped first.</returns>
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
