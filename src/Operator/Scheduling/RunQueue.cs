using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>
/// The runs that wait for a node, and the last answer to each. A change of the nodes costs one pass over the queue, and wakes only the runs
/// whose answer has changed.
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
    private readonly Dictionary<string, Placement> _answers = [];
    private readonly Dictionary<string, long> _served = [];
    private DateTimeOffset _refreshedAt = DateTimeOffset.MinValue;
    private long _turn;
    private int _changed;
    private bool _dirty;

    /// <summary>Raised, outside of locks, with the UID of a run whose answer has changed.</summary>
    public event Action<string>? Woken;

    /// <summary>
    /// Raised, outside of locks, when the first run begins to wait. From then on <see cref="Refresh"/> must be called again and again.
    /// </summary>
    public event Action? Began;

    /// <summary>How many runs wait for a node, by the last answer to each.</summary>
    public IReadOnlyDictionary<RunReason, int> Lengths()
    {
        lock (_gate)
        {
            return _answers.Values.Where(answer => !answer.IsPlaced).CountBy(answer => answer.Reason!.Value).ToDictionary();
        }
    }

    /// <summary>
    /// Returns where the run goes, or why it waits. A node in the answer is reserved until <see cref="Settle"/> or <see cref="Release"/>.
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
            if (!IsReservationValid(run))
            {
                _dirty |= reservations.Release(run.UID);
            }

            if (_dirty)
            {
                Pass(woken);
            }
            else if (!known || !_answers.ContainsKey(run.UID))
            {
                PlaceAlone(run);
            }

            woken.Remove(run.UID);
            answer = _answers[run.UID];
        }
        Wake(woken);
        if (began)
        {
            Began?.Invoke();
        }

        return answer;
    }

    /// <summary>
    /// Places all waiting runs and wakes those whose answer has changed. Call it after a change of nodes or records, and from time to time
    /// for the positions.
    /// </summary>
    /// <returns>When to call it again; null if no run waits.</returns>
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

    /// <summary>The record of the run's placement is in the store. The run no longer waits, and its record holds the room.</summary>
    public void Settle(string uid)
    {
        lock (_gate)
        {
            Forget(uid);
            reservations.Release(uid);
        }
    }

    /// <summary>The run is gone or no longer waits. Its reservation is released.</summary>
    /// <returns>Whether the run had a reservation, so that another run may get its room.</returns>
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
        _answers.Remove(uid);
    }

    // A reservation is void if its node is gone, or if it was for an earlier attempt or another demand.
    private bool IsReservationValid(WaitingRun run) =>
        reservations.Find(run.UID) is not { } held
        || (
            held.Attempt == run.Attempt
            && held.CpuMillis == run.CpuMillis
            && held.MemoryBytes == run.MemoryBytes
            && held.Pids == run.Pids
            && nodes().Any(n => n.Name == held.Node && n is { Connected: true, Problem: null })
        );

    // Nothing has changed since the last pass, so only the new run needs a placement.
    private void PlaceAlone(WaitingRun run)
    {
        if (reservations.Find(run.UID) is { } held)
        {
            _answers[run.UID] = Placement.On(held.Node);
            return;
        }
        _answers.Remove(run.UID);
        var placement = Scheduler.Place([run], [.. nodes()], reservations.With(recorded()))[run.UID];
        if (placement.Reason == RunReason.Queued)
        {
            placement = Placement.Queued(_answers.Values.Count(p => p.Reason == RunReason.Queued) + 1, placement.Message);
        }

        Answer(run, placement);
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
            var before = _answers.GetValueOrDefault(run.UID);
            if (before is not null && !placement.IsPlaced)
            {
                var sameReason = before.Reason == placement.Reason;
                if (sameReason && !IsWorthShowing(before, placement))
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
            Answer(run, placement);
            woken.Add(run.UID);
        }
        if (refresh && _changed > 0)
        {
            _refreshedAt = now;
        }

        ForgetServed();
        return heldBack;
    }

    // This includes a run that others have overtaken among the first positions. Otherwise two runs would show the same position.
    private static bool IsWorthShowing(Placement before, Placement after) =>
        before.Message != after.Message
        || (
            after.QueuePosition != before.QueuePosition
            && (after.QueuePosition <= QueueOptions.ExactPositions || before.QueuePosition <= QueueOptions.ExactPositions)
        );

    private void Answer(WaitingRun run, Placement placement)
    {
        _answers[run.UID] = placement;
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

    // Namespaces without waiting runs are forgotten once there are many of them.
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
