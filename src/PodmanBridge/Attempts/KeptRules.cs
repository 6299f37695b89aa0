using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Decides which attempts are dropped early when a node keeps too much. Pure.</summary>
internal static class KeptRules
{
    /// <summary>
    /// The attempts to drop. They are taken one at a time from the namespace that keeps most, oldest first, so that a namespace that runs
    /// much displaces its own attempts. An attempt whose end is not collected is not a <see cref="KeptAttempt"/>, so it is never among
    /// them.
    /// </summary>
    public static IReadOnlyList<AttemptKey> Excess(IEnumerable<KeptAttempt> kept, KeptLimits limits)
    {
        var shares = kept.GroupBy(attempt => attempt.Namespace).Select(group => new Share(group)).ToList();
        var (runs, bytes) = (shares.Sum(share => share.Attempts.Count), shares.Sum(share => share.Bytes));
        List<AttemptKey> excess = [];
        while (runs > limits.Runs || (bytes > limits.Bytes && runs > 0))
        {
            var largest = shares.MaxBy(share => (runs > limits.Runs ? share.Attempts.Count : share.Bytes, -share.Oldest))!;
            var gone = largest.Attempts.Dequeue();
            largest.Bytes -= gone.Bytes;
            bytes -= gone.Bytes;
            runs--;
            excess.Add(gone.Key);
        }

        return excess;
    }

    private sealed class Share(IEnumerable<KeptAttempt> attempts)
    {
        public Queue<KeptAttempt> Attempts { get; } = new(attempts.OrderBy(attempt => attempt.EndedAt));

        // Of two equal shares, the one with the oldest attempt comes first.
        public long Oldest => Attempts.TryPeek(out var oldest) ? oldest.EndedAt.UtcTicks : long.MaxValue;

        public long Bytes { get; set; } = attempts.Sum(attempt => attempt.Bytes);
    }
}

/// <summary>What a node keeps of an attempt that is over and collected, until its time to live has passed.</summary>
/// <param name="Key">The attempt.</param>
/// <param name="Namespace">The namespace of its run.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Bytes">The size of its log and records on the disk.</param>
internal sealed record KeptAttempt(AttemptKey Key, string Namespace, DateTimeOffset EndedAt, long Bytes);

/// <summary>How much a node keeps of attempts that are over and collected.</summary>
/// <param name="Runs">The maximum number of attempts.</param>
/// <param name="Bytes">The maximum size of their logs and records on the disk, together.</param>
internal sealed record KeptLimits(int Runs, long Bytes)
{
    /// <summary>The defaults of --max-kept-runs and --max-kept-bytes.</summary>
    public static KeptLimits Default { get; } = new(1000, 10L << 30);
}
