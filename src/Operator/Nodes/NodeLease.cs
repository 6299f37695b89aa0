namespace Stromboli.Operator.Nodes;

/// <summary>
/// The operator's side of one node's lease. The bridge counts a lease from when it sent its ping; the ping's receipt is never before that,
/// so a lease counted from the receipt is never shorter than the bridge's own. It is measured on the monotonic clock: a step of the wall
/// clock must not lose a node early.
/// </summary>
internal sealed class NodeLease
{
    private readonly TimeProvider _clock;
    private readonly TimeSpan _whole;
    private long _from;

    /// <param name="clock">The clock.</param>
    /// <param name="duration">How long a lease lasts.</param>
    /// <param name="grace">How long after it the node counts as lost.</param>
    /// <param name="from">The timestamp from which a lease may be running already.</param>
    public NodeLease(TimeProvider clock, TimeSpan duration, TimeSpan grace, long from)
    {
        _clock = clock;
        _whole = duration + grace;
        _from = from;
    }

    /// <summary>What is left until the node is lost; negative when it is.</summary>
    public TimeSpan Left => _whole - _clock.GetElapsedTime(Interlocked.Read(ref _from));

    /// <summary>When the node is lost, by the wall clock as it stands.</summary>
    public DateTimeOffset LostAt => _clock.GetUtcNow() + Left;

    /// <summary>A lease may run from this timestamp on. Never shortens one.</summary>
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
