namespace Stromboli.Kubernetes;

/// <summary>A token bucket that hands out turns in order.</summary>
internal sealed class RateLimiter(double perSecond, int burst, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private double _tokens = burst;
    private long _refilled = clock.GetTimestamp();

    /// <summary>Waits for a turn. The turn of a cancelled wait is lost.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken)
    {
        var delay = Reserve();
        if (delay > TimeSpan.Zero)
        {
            await Task.Delay(delay, clock, cancellationToken);
        }
    }

    private TimeSpan Reserve()
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            _tokens = Math.Min(burst, _tokens + (clock.GetElapsedTime(_refilled, now).TotalSeconds * perSecond)) - 1;
            _refilled = now;
            return _tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-_tokens / perSecond);
        }
    }
}
