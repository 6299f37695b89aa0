using System.Diagnostics;

namespace Stromboli.Testbed;

/// <summary>Waits for conditions with a deadline.</summary>
public static class Poll
{
    /// <summary>
    /// How long something that must happen may take on the slowest machine. Only a failure takes that long, so no verdict depends on the
    /// speed of the machine.
    /// </summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Waits until <paramref name="condition"/> holds.</summary>
    /// <param name="what">What is waited for, as it reads after "did not happen within …: ".</param>
    /// <exception cref="TestbedException">The deadline passed.</exception>
    public static Task UntilAsync(
        string what,
        TimeSpan within,
        Func<CancellationToken, Task<bool>> condition,
        CancellationToken cancellationToken = default
    ) => ForAsync(what, within, async token => await condition(token) ? "" : null, cancellationToken);

    /// <inheritdoc cref="UntilAsync(string, TimeSpan, Func{CancellationToken, Task{bool}}, CancellationToken)"/>
    public static Task UntilAsync(string what, TimeSpan within, Func<bool> condition, CancellationToken cancellationToken = default) =>
        UntilAsync(what, within, _ => Task.FromResult(condition()), cancellationToken);

    /// <summary>Waits until <paramref name="probe"/> returns a value, and returns it.</summary>
    /// <exception cref="TestbedException">The deadline passed.</exception>
    public static async Task<T> ForAsync<T>(
        string what,
        TimeSpan within,
        Func<CancellationToken, Task<T?>> probe,
        CancellationToken cancellationToken = default
    )
        where T : class
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await probe(cancellationToken) is { } found)
            {
                return found;
            }

            if (watch.Elapsed > within)
            {
                throw new TestbedException($"Did not happen within {within.TotalSeconds:0.#} s: {what}.");
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
