using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Decides which runs of a namespace are handled: the first of its unfinished runs, up to a number and a sum of bytes. The others wait
/// without being read or queued, so that one namespace cannot take all of the operator's memory and time.
/// </summary>
internal sealed class RunAdmission
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lines = [];
    private readonly RunSignals _signals;
    private readonly RunOptions _options;

    /// <param name="informer">The runs.</param>
    /// <param name="signals">Wakes runs that are handled from now on.</param>
    /// <param name="options">The limits.</param>
    public RunAdmission(Informer<AgentRun> informer, RunSignals signals, RunOptions options)
    {
        (_signals, _options) = (signals, options);
        informer.OnChange(Changed);
    }

    /// <summary>Why the run is held back, as one sentence; null if it is handled.</summary>
    public string? HeldBack(AgentRun run)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(run.Metadata.Namespace ?? "", out var line) || line.IsWithin(Rank.Of(run), _options))
            {
                return null;
            }
            // The message has no current numbers. Otherwise each look would write a new message.
            return $"Waiting for earlier runs: of each namespace the operator handles the first {_options.NamespaceRuns} unfinished runs, "
                + $"with at most {_options.NamespaceSpecBytes >> 10} KiB of large specs.";
        }
    }

    private void Changed(StoreChange<AgentRun> change)
    {
        Rank? before = change.Old is { } old && !old.IsFinished() ? Rank.Of(old) : null;
        Rank? now = change.New is { } run && !run.IsFinished() ? Rank.Of(run) : null;
        if (before == now)
        {
            return;
        }

        List<NamespacedName> woken;
        lock (_gate)
        {
            var name = change.Object.Metadata.Namespace ?? "";
            if (!_lines.TryGetValue(name, out var line))
            {
                _lines[name] = line = new();
            }

            var last = line.Last(_options);
            if (before is { } left)
            {
                line.Remove(left);
            }

            if (now is { } rank)
            {
                line.Add(rank, change.New!);
            }

            woken = line.Between(last, line.Last(_options));
            if (line.Count == 0)
            {
                _lines.Remove(name);
            }
        }
        foreach (var next in woken)
        {
            _signals.Wake(next);
        }
    }

    // Runs with an attempt come first, because they hold or held a node. Then the order is that of the queue for nodes and of session
    // queues, so that a handled run never waits for one that is held back. Suspended runs come last.
    private readonly record struct Rank(int Class, int Priority, DateTimeOffset CreatedAt, string Name, string UID) : IComparable<Rank>
    {
        public static Rank Of(AgentRun run) =>
            new(
                run.LastAttempt() is not null ? 0
                    : run.IsSuspended() ? 2
                    : 1,
                -(run.Spec?.Priority ?? 0),
                run.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue,
                run.Metadata.Name ?? "",
                run.UID()
            );

        public int CompareTo(Rank other)
        {
            var order = Class.CompareTo(other.Class);
            order = order != 0 ? order : Priority.CompareTo(other.Priority);
            order = order != 0 ? order : CreatedAt.CompareTo(other.CreatedAt);
            order = order != 0 ? order : string.CompareOrdinal(Name, other.Name);
            return order != 0 ? order : string.CompareOrdinal(UID, other.UID);
        }
    }

    // The unfinished runs of a namespace, in order.
    private sealed class Line
    {
        private readonly SortedDictionary<Rank, (NamespacedName Run, int Bytes)> _runs = [];
        private (bool Known, Rank? Last) _last;

        public int Count => _runs.Count;

        public long Bytes { get; private set; }

        public void Add(Rank rank, AgentRun run)
        {
            var bytes = run.Spec?.AbridgedFrom ?? 0;
            _runs[rank] = (NamespacedName.Of(run), bytes);
            Bytes += bytes;
            _last = default;
        }

        public void Remove(Rank rank)
        {
            if (!_runs.Remove(rank, out var removed))
            {
                return;
            }

            Bytes -= removed.Bytes;
            _last = default;
        }

        public bool IsWithin(Rank rank, RunOptions options) => Last(options) is not { } last || rank.CompareTo(last) <= 0;

        // The last run that is handled; null if all are.
        public Rank? Last(RunOptions options)
        {
            if (Count <= options.NamespaceRuns && Bytes <= options.NamespaceSpecBytes)
            {
                return null;
            }

            if (!_last.Known)
            {
                _last = (true, Find(options));
            }

            return _last.Last;
        }

        // The runs after one rank, up to another rank or the end.
        public List<NamespacedName> Between(Rank? after, Rank? upTo) =>
            after is not { } first || (upTo is { } last && last.CompareTo(first) <= 0)
                ? []
                :
                [
                    .. _runs
                        .SkipWhile(run => run.Key.CompareTo(first) <= 0)
                        .TakeWhile(run => upTo is not { } end || run.Key.CompareTo(end) <= 0)
                        .Select(run => run.Value.Run),
                ];

        // The first run is always handled.
        private Rank? Find(RunOptions options)
        {
            Rank? last = null;
            var (count, bytes) = (0, 0L);
            foreach (var (rank, run) in _runs)
            {
                count++;
                bytes += run.Bytes;
                if (last is not null && (count > options.NamespaceRuns || bytes > options.NamespaceSpecBytes))
                {
                    return last;
                }

                last = rank;
            }
            return last;
        }
    }
}
