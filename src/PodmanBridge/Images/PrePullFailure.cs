namespace Stromboli.PodmanBridge.Images;

/// <summary>An image could not be pulled ahead of runs.</summary>
/// <param name="Message">Why, as one sentence.</param>
/// <param name="Count">How often in a row.</param>
/// <param name="NotBefore">When it is tried again.</param>
internal sealed record PrePullFailure(string Message, int Count, DateTimeOffset NotBefore)
{
    /// <summary>The time before the first further try; it doubles each time.</summary>
    public static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    /// <summary>The longest time between two tries.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>The longest time for an image of which each try may cost gigabytes, or that no try can bring.</summary>
    public static readonly TimeSpan Hopeless = TimeSpan.FromHours(6);

    /// <summary>What follows from one more failure.</summary>
    public static PrePullFailure After(PrePullFailure? before, ImagePullException error, DateTimeOffset now)
    {
        var count = (before?.Count ?? 0) + 1;
        var wait = error.Failure is ImagePullFailure.TooLarge or ImagePullFailure.NotHere or ImagePullFailure.OtherPlatform
            ? Hopeless
            : TimeSpan.FromSeconds(Math.Min(Longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Min(count - 1, 16))));
#pragma warning disable CA5394 // Jitter needs no secrecy.
        return new(error.Message, count, now + (wait * (0.75 + (Random.Shared.NextDouble() / 4))));
#pragma warning restore CA5394
    }
}
