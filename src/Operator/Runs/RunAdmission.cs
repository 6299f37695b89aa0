using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Which runs of a namespace are dealt with: of those that are not over, the first up to a number and up to a sum of bytes. The others wait
/// without being read or queued until some of those are over, so that one namespace fills neither the operator's memory nor its time.
/// </summary>
internal sealed class RunAdmission
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Line> _lines = [];
    private readonly RunSignals _signals;
    private readonly RunOptions _options;

    /// <param name="informer">The runs.</param>
    /// <param name="signals">Wakes those whose turn has come.</param>
    /// <param name="options">The bounds.</param>
    public RunAdmission(Informer<AgentRun> informer, RunSignals signals, RunOptions options)
    {
        (_signals, _options) = (signals, options);
        informer.OnChange(Changed);
    }

    /// <summary>Why the run is not dealt with yet, as one sentence; null if it is.</summary>
    public string? HeldBack(AgentRun run)
    {
        lock (_gate)
        {
            if (!_lines.TryGetValue(run.Metadata.Namespace ?? "", out var line) || line.IsWithin(Rank.Of(run), _options))
            {
                return null;
            }
            // Without the numbers of the moment, or each look would be a write.
            return $"The operator deals with the first {_options.NamespaceRuns} runs of a namespace that are not over, and with {_options.NamespaceSpecBytes >> 10} KiB of large specs; "
                + "this run follows when earlier ones are over.";
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

    // What has begun first, since it holds a node or did; then as in the queue for nodes and in that of a session, so that nothing that is
    // dealt with waits for what is not. What is suspended wants nothing.
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

    // The runs of a namespace that are not over, in their order.
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

        // The last that is dealt with; null if all are.
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

        // Those after one place and up to another; all after it if there is no other.
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

        // The first is dealt with in any case.
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
