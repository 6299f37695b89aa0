namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Tells when an attempt's deadline has passed, by a clock that also counts during suspend. Timers do not count then, and may fire early,
/// so the clock decides.
/// </summary>
internal sealed class AttemptDeadline : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly Func<long> _deadline;
    private readonly Action _over;
    private readonly ITimer _timer;

    /// <summary>Creates a deadline that does not wait yet.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="deadline">Returns the current deadline, one of the clock's timestamps.</param>
    /// <param name="over">Called when the deadline has passed.</param>
    public AttemptDeadline(TimeProvider clock, Func<long> deadline, Action over)
    {
        (_clock, _deadline, _over) = (clock, deadline, over);
        _timer = clock.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The time that is left; zero or less when the deadline has passed.</summary>
    public TimeSpan Left => _clock.GetElapsedTime(_clock.GetTimestamp(), _deadline());

    /// <summary>Sets the timer for the current deadline.</summary>
    public void Arm()
    {
        var left = Left;
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        if (Left > TimeSpan.Zero)
        {
            Arm();
        }
        else
        {
            _over();
        }
    }
}
