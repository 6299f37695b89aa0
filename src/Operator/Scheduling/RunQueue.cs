using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>
/// The runs that wait for a node, with what was last said to each. A change of the nodes costs one pass over the queue, and wakes only the
/// runs for which it changed something.
/// </summary>
internal sealed class RunQueue(
    Func<IEnumerable<NodeView>> nodes,
    Func<IEnumerable<Allocation>> recorded,
    Reservations reservations,
    TimeProvider clock,
    QueueOptions options
)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WaitingRun> _waiting = [];
    private readonly Dictionary<string, Placement> _said = [];
    private readonly Dictionary<string, long> _served = [];
    private DateTimeOffset _refreshedAt = DateTimeOffset.MinValue;
    private long _turn;
    private int _changed;
    private bool _dirty;

    /// <summary>Raised, off any lock, with the UID of a run for which another placement holds than it was told.</summary>
    public event Action<string>? Woken;

    /// <summary>
    /// Raised, off any lock, when the first run begins to wait: from then on <see cref="Refresh"/> is to be called again and again.
    /// </summary>
    public event Action? Began;

    /// <summary>
    /// Where the run goes, or why it waits. A node in the answer is reserved until <see cref="Settle"/> or <see cref="Release"/>.
    /// </summary>
    public Placement Ask(WaitingRun run)
    {
        List<string> woken = [];
        Placement answer;
        bool began;
        lock (_gate)
        {
            began = _waiting.Count == 0;
            var known = _waiting.TryGetValue(run.UID, out var before) && before.IsSame(run);
            _waiting[run.UID] = run;
            if (!StillGood(run))
            {
                _dirty |= reservations.Release(run.UID);
            }

            if (_dirty)
            {
                Pass(woken);
            }
            else if (!known || !_said.ContainsKey(run.UID))
            {
                PlaceAlone(run);
            }

            woken.Remove(run.UID);
            answer = _said[run.UID];
        }
        Wake(woken);
        if (began)
        {
            Began?.Invoke();
        }

        return answer;
    }

    /// <summary>
    /// Looks at the whole queue, and wakes whom it concerns: after a change of nodes or records, and now and then for the positions.
    /// </summary>
    /// <returns>When to do so again; null if no run waits.</returns>
    public DateTimeOffset? Refresh()
    {
        List<string> woken = [];
        DateTimeOffset? again;
        lock (_gate)
        {
            var heldBack = Pass(woken);
            again = _waiting.Count == 0 ? null : (heldBack ? _refreshedAt : clock.GetUtcNow()) + options.RefreshEvery;
        }
        Wake(woken);
        return again;
    }

    /// <summary>The record of the run's placement is in the store: it is no longer waiting, and the record holds the room.</summary>
    public void Settle(string uid)
    {
        lock (_gate)
        {
            Forget(uid);
            reservations.Release(uid);
        }
    }

    /// <summary>The run is gone or no longer waits: what it reserved is free.</summary>
    /// <returns>Whether it had reserved anything, so that others may be looked at.</returns>
    public bool Release(string uid)
    {
        lock (_gate)
        {
            Forget(uid);
            var had = reservations.Release(uid);
            _dirty |= had;
            return had;
        }
    }

    private void Forget(string uid)
    {
        _waiting.Remove(uid);
        _said.Remove(uid);
    }

    // A reservation is worth nothing once its node went, or when it was for an earlier attempt or other needs.
    private bool StillGood(WaitingRun run) =>
        reservations.Find(run.UID) is not { } held
        || (
            held.Attempt == run.Attempt
            && held.CpuMillis == run.CpuMillis
            && held.MemoryBytes == run.MemoryBytes
            && held.Pids == run.Pids
            && nodes().Any(n => n.Name == held.Node && n is { Connected: true, Problem: null })
        );

    // Nothing changed since the last pass, so those that wait go on waiting, and only the new one is to be looked at.
    private void PlaceAlone(WaitingRun run)
    {
        if (reservations.Find(run.UID) is { } held)
        {
            _said[run.UID] = Placement.On(held.Node);
            return;
        }
        _said.Remove(run.UID);
        var placement = Scheduler.Place([run], [.. nodes()], reservations.With(recorded()))[run.UID];
        if (placement.Reason == RunReason.Queued)
        {
            placement = Placement.Queued(_said.Values.Count(p => p.Reason == RunReason.Queued) + 1, placement.Message);
        }

        Say(run, placement);
    }

    private bool Pass(List<string> woken)
    {
        _dirty = false;
        var unplaced = _waiting.Values.Where(r => reservations.Find(r.UID) is null).ToList();
        if (unplaced.Count == 0)
        {
            return false;
        }

        var placements = Scheduler.Place(unplaced, [.. nodes()], reservations.With(recorded()), _served);
        var now = clock.GetUtcNow();
        var refresh = now - _refreshedAt >= options.RefreshEvery;
        if (refresh)
        {
            _changed = 0;
        }

        var heldBack = false;
        foreach (var run in unplaced)
        {
            var placement = placements[run.UID];
            var before = _said.GetValueOrDefault(run.UID);
            if (before is not null && !placement.IsPlaced)
            {
                var sameReason = before.Reason == placement.Reason;
                if (sameReason && !IsWorthSaying(before, placement))
                {
                    continue;
                }

                if ((sameReason && !refresh) || _changed >= options.ChangesPerRefresh)
                {
                    heldBack = true;
                    continue;
                }
                _changed++;
            }
            Say(run, placement);
            woken.Add(run.UID);
        }
        if (refresh && _changed > 0)
        {
            _refreshedAt = now;
        }

        ForgetServed();
        return heldBack;
    }

    // Also when others have come before one of the first: else two would show the same place.
    private static bool IsWorthSaying(Placement before, Placement after) =>
        before.Message != after.Message
        || (
            after.QueuePosition != before.QueuePosition
            && (after.QueuePosition <= QueueOptions.ExactPositions || before.QueuePosition <= QueueOptions.ExactPositions)
        );

    private void Say(WaitingRun run, Placement placement)
    {
        _said[run.UID] = placement;
        if (placement.IsPlaced)
        {
            _served[run.Namespace] = ++_turn;
            reservations.Take(
                new Allocation
                {
                    UID = run.UID,
                    Namespace = run.Namespace,
                    Attempt = run.Attempt,
                    Node = placement.Node,
                    CpuMillis = run.CpuMillis,
                    MemoryBytes = run.MemoryBytes,
                    Pids = run.Pids,
                }
            );
        }
    }

    // Those of which nothing waits; so many that they are not looked for each time.
    private void ForgetServed()
    {
        if (_served.Count <= QueueOptions.NamespacesRemembered)
        {
            return;
        }

        var waiting = _waiting.Values.Select(r => r.Namespace).ToHashSet();
        foreach (var name in _served.Keys.Where(name => !waiting.Contains(name)).ToList())
        {
            _served.Remove(name);
        }
    }

    private void Wake(List<string> woken)
    {
        foreach (var uid in woken)
        {
            Woken?.Invoke(uid);
        }
    }
}
