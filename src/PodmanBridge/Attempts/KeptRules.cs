using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Which attempts go before their time when a node keeps too much. Pure.</summary>
internal static class KeptRules
{
    /// <summary>
    /// The attempts to drop: one at a time from the namespace that keeps most, its oldest first, so that a namespace that runs much pushes
    /// out its own. An attempt whose end is not collected is not a <see cref="KeptAttempt"/>, so it is never among them.
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

        // Of two equal shares the one with the oldest attempt is first.
        public long Oldest => Attempts.TryPeek(out var oldest) ? oldest.EndedAt.UtcTicks : long.MaxValue;

        public long Bytes { get; set; } = attempts.Sum(attempt => attempt.Bytes);
    }
}
