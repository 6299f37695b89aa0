namespace Stromboli.Operator.Runs;

/// <summary>Times as the API server keeps them: in UTC and whole seconds. A finer one in memory would differ from what comes back.</summary>
internal static class StoredTime
{
    /// <summary>Cut to the second before.</summary>
    public static DateTimeOffset WholeSeconds(this DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    /// <summary>Raised to the second after: a deadline is never earlier than was promised.</summary>
    public static DateTimeOffset NextWholeSecond(this DateTimeOffset time) =>
        time.WholeSeconds() is var whole && whole == time ? whole : whole.AddSeconds(1);
}
