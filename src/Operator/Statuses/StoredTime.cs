namespace Stromboli.Operator.Statuses;

/// <summary>
/// Rounds times to the form in which the API server stores them: UTC and whole seconds. Otherwise a time in memory would differ from the
/// stored one.
/// </summary>
internal static class StoredTime
{
    /// <summary>Rounds down to a second.</summary>
    public static DateTimeOffset WholeSeconds(this DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    /// <summary>Rounds up to a second. A deadline must not be earlier than promised.</summary>
    public static DateTimeOffset NextWholeSecond(this DateTimeOffset time) =>
        time.WholeSeconds() is var whole && whole == time ? whole : whole.Plus(TimeSpan.FromSeconds(1));

    /// <summary>
    /// Adds a time span, limited to the range of DateTimeOffset. A record with a time near these limits is not ours and must not affect
    /// other runs.
    /// </summary>
    public static DateTimeOffset Plus(this DateTimeOffset time, TimeSpan span) =>
        span > TimeSpan.Zero && span > DateTimeOffset.MaxValue - time ? DateTimeOffset.MaxValue.WholeSeconds()
        : span < TimeSpan.Zero && span < DateTimeOffset.MinValue - time ? DateTimeOffset.MinValue
        : time + span;
}
