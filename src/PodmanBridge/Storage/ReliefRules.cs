namespace Stromboli.PodmanBridge.Storage;

/// <summary>
/// Decides what gives way when the disk is full, and in what order. Pure. First goes what costs a run no more than a wait: images that
/// nothing uses, then pulls. After that the namespace that has the most on the disk gives up the workspaces of its finished runs, then
/// their logs, then its largest running run, until another namespace has more.
/// </summary>
internal static class ReliefRules
{
    // Anything smaller than this fraction of the floor did not fill the disk.
    private const int LeastShare = 64;

    /// <summary>Everything to remove, in order, as long as the shortage lasts.</summary>
    public static IEnumerable<DiskRemoval> Plan(DiskUse use)
    {
        foreach (
            var image in use
                .Images.OrderBy(image => image.IsDesired)
                .ThenBy(image => image.LastUse)
                .ThenBy(image => image.ID, StringComparer.Ordinal)
        )
        {
            yield return new DiskRemoval.Image(image.ID);
        }

        foreach (
            var pull in use.IsLow
                ? use.Pulls.OrderBy(pull => pull.Began).ThenBy(pull => pull.Image, StringComparer.Ordinal)
                : Enumerable.Empty<DiskPull>()
        )
        {
            yield return new DiskRemoval.Pull(pull.Image);
        }

        var holdings = Holdings(use);
        while (holdings.MaxBy(holding => holding.Amount) is { } most)
        {
            if (most.TakeFinished(use.Floor / LeastShare) is { } finished)
            {
                yield return finished;
            }
            else if (most.Runs >= use.Floor / LeastShare && most.Runs > 0)
            {
                // Above the floor no run is ended, and no other namespace pays for the runs of this one.
                if (!use.IsLow)
                {
                    yield break;
                }

                yield return most.TakeRun();
            }
            else
            {
                // What the namespace has left cannot be removed, or is too little to matter.
                holdings.Remove(most);
            }
        }
    }

    private static List<Holding> Holdings(DiskUse use) =>
        [
            .. use
                .Finished.Select(attempt => attempt.Namespace)
                .Concat(use.Running.Select(attempt => attempt.Namespace))
                .Distinct()
                .Order(StringComparer.Ordinal)
                .Select(ns => new Holding(
                    use.Finished.Where(attempt => attempt.Namespace == ns),
                    use.Running.Where(attempt => attempt.Namespace == ns),
                    use.Kept.Where(kept => kept.Namespace == ns).Sum(kept => kept.Amount)
                )),
        ];

    private sealed class Holding
    {
        private readonly Queue<DiskAttempt> _workspaces;
        private readonly Queue<DiskAttempt> _logs;
        private readonly Queue<DiskAttempt> _runs;

        public Holding(IEnumerable<DiskAttempt> finished, IEnumerable<DiskAttempt> running, long kept)
        {
            var over = finished
                .OrderBy(attempt => attempt.EndedAt)
                .ThenBy(attempt => attempt.Key.ToString(), StringComparer.Ordinal)
                .ToList();
            _workspaces = new(over.Where(attempt => attempt.HasVolumes));
            _logs = new(over.Where(attempt => attempt.Log > 0).OrderByDescending(attempt => attempt.Log));
            _runs = new(
                running.OrderByDescending(attempt => attempt.Amount).ThenBy(attempt => attempt.Key.ToString(), StringComparer.Ordinal)
            );
            Runs = _runs.Sum(attempt => attempt.Amount);
            Amount = kept + Runs + _workspaces.Sum(attempt => attempt.Amount) + _logs.Sum(attempt => attempt.Log);
        }

        /// <summary>All that the namespace has.</summary>
        public long Amount { get; private set; }

        /// <summary>What its runs have that go on.</summary>
        public long Runs { get; private set; }

        public DiskRemoval? TakeFinished(long least)
        {
            if (_workspaces.TryDequeue(out var oldest))
            {
                Amount -= oldest.Amount;
                return new DiskRemoval.Workspace(oldest.Key);
            }

            if (_logs.Count == 0 || _logs.Sum(attempt => attempt.Log) < least)
            {
                return null;
            }

            var longest = _logs.Dequeue();
            Amount -= longest.Log;
            return new DiskRemoval.Log(longest.Key);
        }

        public DiskRemoval.Run TakeRun()
        {
            var largest = _runs.Dequeue();
            Runs -= largest.Amount;
            Amount -= largest.Amount;
            return new DiskRemoval.Run(largest.Key);
        }
    }
}
