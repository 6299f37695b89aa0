namespace Stromboli.Operator.Nodes;

/// <summary>
/// A node's lease as the operator counts it. The bridge counts a lease from when it sent its ping. The operator counts from when it
/// received the ping, so its lease never ends before the bridge's. It uses the monotonic clock, because a step of the wall clock must not
/// lose a node early.
/// </summary>
internal sealed class GrantedLease
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan _whole;
    private long _from;

    /// <param name="clock">The clock.</param>
    /// <param name="duration">How long a lease lasts.</param>
    /// <param name="grace">How long after the end of the lease the node counts as lost.</param>
    /// <param name="from">The timestamp from which a lease may already run.</param>
    public GrantedLease(TimeProvider clock, TimeSpan duration, TimeSpan grace, long from)
    {
        _clock = clock;
        _whole = duration + grace;
        _from = from;
    }

    /// <summary>The time until the node is lost; negative when it is lost.</summary>
    public TimeSpan Left => _whole - _clock.GetElapsedTime(Interlocked.Read(ref _from));

    /// <summary>When the node is lost, by the current wall clock.</summary>
    public DateTimeOffset LostAt => _clock.GetUtcNow() + Left;

    /// <summary>Extends the lease from this timestamp. Never shortens it.</summary>
    public void Extend(long timestamp)
    {
        var known = Interlocked.Read(ref _from);
        while (timestamp > known)
        {
            var seen = Interlocked.CompareExchange(ref _from, timestamp, known);
            if (seen == known)
            {
                return;
            }

            known = seen;
        }
    }
}
