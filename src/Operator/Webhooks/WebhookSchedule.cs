namespace Stromboli.Operator.Webhooks;

/// <summary>When the attempts of a delivery are made; pure.</summary>
/// <param name="Delays">The wait before each attempt, counted from the end of the attempt before.</param>
internal sealed record WebhookSchedule(IReadOnlyList<TimeSpan> Delays)
{
    /// <summary>The largest number of attempts that a schedule can have.</summary>
    public const int MostAttempts = 16;

    /// <summary>The longest wait that the header <c>Retry-After</c> can ask for.</summary>
    public static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(24);

    // The part of a wait that is added at random, so that deliveries that failed together do not come back together.
    private const double Jitter = 0.2;

    private static readonly TimeSpan ShortestPoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPoll = TimeSpan.FromMinutes(15);

    /// <summary>The example of Standard Webhooks 1.0.0: ten attempts in 75.6 hours.</summary>
    public static WebhookSchedule Default { get; } =
        new([
            TimeSpan.Zero,
            TimeSpan.FromSeconds(5),
            TimeSpan.FromMinutes(5),
            TimeSpan.FromMinutes(30),
            TimeSpan.FromHours(2),
            TimeSpan.FromHours(5),
            TimeSpan.FromHours(10),
            TimeSpan.FromHours(14),
            TimeSpan.FromHours(20),
            TimeSpan.FromHours(24),
        ]);

    /// <summary>How long the whole schedule takes, without the random parts.</summary>
    public TimeSpan Length => Delays.Aggregate(TimeSpan.Zero, (sum, delay) => sum + delay);

    /// <summary>The wait before the next attempt; null if there is none.</summary>
    /// <param name="attempts">How many attempts were made.</param>
    /// <param name="answer">What the last attempt came to.</param>
    /// <param name="random">A number from 0 to 1.</param>
    public TimeSpan? Next(int attempts, DeliveryResult answer, double random)
    {
        if (attempts >= Delays.Count)
        {
            return null;
        }

        var wait = Delays[attempts] * (1 + (Jitter * random));
        if (answer.IsSlowDown)
        {
            wait *= 2;
        }

        return answer.RetryAfter is { } asked && asked > wait ? Shorter(asked, LongestRetryAfter) : wait;
    }

    /// <summary>The wait before a Secret that cannot be used is read again: half of the time that the delivery has waited so far.</summary>
    /// <param name="waited">How long the delivery has been due.</param>
    public static TimeSpan Poll(TimeSpan waited) =>
        waited / 2 is var half && half < ShortestPoll ? ShortestPoll
        : half > LongestPoll ? LongestPoll
        : half;

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
