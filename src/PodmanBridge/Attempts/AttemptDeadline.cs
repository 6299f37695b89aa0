namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Tells when an attempt's deadline is over, by the clock that counts on through suspend. Timers do not, and may be early: what the clock
/// says counts.
/// </summary>
internal sealed class AttemptDeadline : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly Func<long> _deadline;
    private readonly Action _over;
    private readonly ITimer _timer;

    /// <summary>One that does not wait yet.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="deadline">The deadline as it stands: one of the clock's timestamps.</param>
    /// <param name="over">Called when it is over.</param>
    public AttemptDeadline(TimeProvider clock, Func<long> deadline, Action over)
    {
        (_clock, _deadline, _over) = (clock, deadline, over);
        _timer = clock.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is left; zero or less when it is over.</summary>
    public TimeSpan Left => _clock.GetElapsedTime(_clock.GetTimestamp(), _deadline());

    /// <summary>Waits for the deadline as it stands now.</summary>
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
