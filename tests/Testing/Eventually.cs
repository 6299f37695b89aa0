using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Stromboli.Testing;

/// <summary>Waits for a condition instead of sleeping.</summary>
public static class Eventually
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    // Only a failure takes this long. A busy machine may well need half of it.
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(2);

    /// <summary>Returns when the condition holds; throws, naming it, when it does not within the deadline (two minutes by default).</summary>
    public static async Task True(
        Func<bool> condition,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(condition))] string? what = null
    )
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > (within ?? Timeout))
            {
                throw new TimeoutException($"Did not happen within {within ?? Timeout}: {what}");
            }

            await Task.Delay(Step, TimeProvider.System);
        }
    }

    /// <summary>Same as <see cref="True"/>, for an asynchronous condition.</summary>
    public static async Task TrueAsync(
        Func<Task<bool>> condition,
        TimeSpan? within = null,
        [CallerArgumentExpression(nameof(condition))] string? what = null
    )
    {
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            if (watch.Elapsed > (within ?? Timeout))
            {
                throw new TimeoutException($"Did not happen within {within ?? Timeout}: {what}");
            }

            await Task.Delay(Step, TimeProvider.System);
        }
    }
}
