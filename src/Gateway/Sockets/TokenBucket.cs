namespace Stromboli.Gateway.Sockets;

/// <summary>Limits a rate: so many per second over a long time, and a burst after a quiet time. Safe for concurrent use.</summary>
internal sealed class TokenBucket
{
    private readonly double _perSecond;
    private readonly double _burst;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private double _tokens;
    private long _filled;

    /// <param name="perSecond">How many tokens arrive per second.</param>
    /// <param name="burst">How many tokens the bucket holds; it starts full.</param>
    /// <param name="clock">The clock.</param>
    public TokenBucket(double perSecond, double burst, TimeProvider clock)
    {
        (_perSecond, _burst, _clock, _tokens) = (perSecond, burst, clock, burst);
        _filled = clock.GetTimestamp();
    }

    /// <summary>Takes a token; false when there is none.</summary>
    /// <param name="wait">How long until the next token arrives; zero if a token was taken.</param>
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
