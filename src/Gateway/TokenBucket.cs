namespace Stromboli.Gateway;

/// <summary>
/// Lets through so many a second over a long time, and so many at once after a quiet one. Safe for use by several threads.
/// </summary>
internal sealed class TokenBucket
{
    private readonly double _perSecond;
    private readonly double _burst;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private double _tokens;
    private long _filled;

    /// <param name="perSecond">How many tokens come a second.</param>
    /// <param name="burst">How many it holds; it begins full.</param>
    /// <param name="clock">The clock.</param>
    public TokenBucket(double perSecond, double burst, TimeProvider clock)
    {
        (_perSecond, _burst, _clock, _tokens) = (perSecond, burst, clock, burst);
        _filled = clock.GetTimestamp();
    }

    /// <summary>Takes a token; false when there is none.</summary>
    /// <param name="wait">When there will be one, if nobody else takes it; zero if one was taken.</param>
    public bool TryTake(out TimeSpan wait)
    {
        lock (_lock)
        {
            var now = _clock.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_clock.GetElapsedTime(_filled, now).TotalSeconds * _perSecond));
            _filled = now;
            wait = _tokens >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / _perSecond) + TimeSpan.FromTicks(1);
            if (wait > TimeSpan.Zero)
            {
                return false;
            }

            _tokens--;
            return true;
        }
    }

    /// <summary>Takes tokens for work that is done already, whether there are so many or not: the next ones come that much later.</summary>
    public void Charge(double tokens)
    {
        lock (_lock)
        {
            _tokens -= tokens;
        }
    }
}
