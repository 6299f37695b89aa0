namespace Stromboli.Operator.Runs;

/// <summary>
/// Times as the API server keeps them: in UTC and whole seconds. A finer one in memory would differ from what comes back.
/// </summary>
internal static class StoredTime
{
    /// <summary>Cut to the second before.</summary>
    public static DateTimeOffset WholeSeconds(this DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    /// <summary>Raised to the second after: a deadline is never earlier than was promised.</summary>
    public static DateTimeOffset NextWholeSecond(this DateTimeOffset time) =>
        time.WholeSeconds() is var whole && whole == time ? whole : whole.Plus(TimeSpan.FromSeconds(1));

    /// <summary>
    /// The time so much later, or the last or first that there is. A record with a time near it is not ours, and must stop nothing but
    /// itself.
    /// </summary>
    public static DateTimeOffset Plus(this DateTimeOffset time, TimeSpan span) =>
        span > TimeSpan.Zero && span > DateTimeOffset.MaxValue - time ? DateTimeOffset.MaxValue.WholeSeconds()
        : span < TimeSpan.Zero && span < DateTimeOffset.MinValue - time ? DateTimeOffset.MinValue
        : time + span;
}
