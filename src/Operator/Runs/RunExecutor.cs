using System.Collections.Concurrent;
using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>Carries out what is decided for one run: sends, stores, sends. Never called for one run twice at once.</summary>
internal sealed partial class RunExecutor(
    KubeClient client,
    RunStore runs,
    RunQueue queue,
    RunStatusWriter writer,
    RunSender sender,
    Observations observations,
    RunInputReader inputs,
    InputWaits waits,
    RunAdmission admission,
    WholeRuns whole,
    AttemptSecretsSource secrets,
    SessionWriter sessions,
    INodeRegistry nodes,
    ILeadership leadership,
    EventRecorder events,
    RunOptions options,
    TimeProvider clock,
    ILogger<RunExecutor> logger
)
{
    // Since when a node is missing that a run under way is on: its AgentNode was deleted.
    private readonly ConcurrentDictionary<string, DateTimeOffset> _missing = new();

    /// <summary>Raised when room may have become free.</summary>
    public event Action? Freed;

    /// <summary>Looks at a run and does what is to be done.</summary>
    public async Task<ReconcileResult> ReconcileAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (runs.Get(key) is not { } run)
        {
            return ReconcileResult.Done;
        }

        if (!leadership.IsLeader)
        {
            return ReconcileResult.Backoff;
        }

        try
        {
            return await ReconcileAsync(key, run, cancellationToken);
        }
        finally
        {
            // Deleted meanwhile: what was put in place here since then has nobody else to clear it away.
            if (runs.Find(run.UID()) is null)
            {
                Forget(run.UID());
            }
        }
    }

    /// <summary>The run is gone: so is everything of it, at once and wherever it was.</summary>
    public void Deleted(AgentRun run)
    {
        sender.Gone(run);
        Forget(run.UID());
    }

    /// <summary>Nothing of this run is to be kept.</summary>
    public void Forget(string uid)
    {
        observations.Forget(uid);
        secrets.Forget(uid);
        waits.Forget(uid);
        if (queue.Release(uid))
        {
            Freed?.Invoke();
        }
    }

    private async Task<ReconcileResult> ReconcileAsync(NamespacedName key, AgentRun run, CancellationToken cancellationToken)
    {
        var (verdict, check) = await DecideAsync(run, cancellationToken);
        var isNeeded = IsWholeNeeded(run, verdict);
        // The answer to a write has the whole object, too.
        if (!isNeeded && !(run.IsAbridged() && verdict.Status is not null))
        {
            return await CarryOutAsync(run, verdict, check, cancellationToken);
        }

        if (!whole.TryEnter())
        {
            // To stop needs neither: it waits for nothing.
            sender.Send(run, [.. verdict.Before.Where(wish => wish.State == DesiredState.Stop)]);
            return ReconcileResult.After(WholeRuns.Wait);
        }
        try
        {
            if (!isNeeded)
            {
                return await CarryOutAsync(run, verdict, check, cancellationToken);
            }

            if (await whole.ReadAsync(run, cancellationToken) is not { } live)
            {
                return ReconcileResult.Backoff;
            }

            (verdict, check) = await DecideAsync(live, cancellationToken);
            return await CarryOutAsync(live, verdict, check, cancellationToken);
        }
        finally
        {
            whole.Leave();
        }
    }

    // The store keeps no result of a run that is over, and of large specs only a part: what is written late, decided on the whole, or sent
    // with it, starts from the whole object.
    private bool IsWholeNeeded(AgentRun run, RunVerdict verdict) =>
        verdict.Need == RunNeed.Spec
        || (verdict.Status is not null && run.IsFinished())
        || (
            run.IsAbridged()
            && verdict
                .Before.Concat(verdict.After)
                .Any(wish => wish.State is DesiredState.Hold or DesiredState.Go && sender.IsNews(run, wish))
        );

    private async Task<(RunVerdict Verdict, SecretCheck? Check)> DecideAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var snapshot = new RunSnapshot
        {
            Run = run,
            Now = clock.GetUtcNow(),
            Options = options,
            Observed = observations.Find(run.UID()),
            NodeLostAt = LostAt(run),
            Session = sessions.PlaceOf(run),
            HeldBack = admission.HeldBack(run),
        };
        while (true)
        {
            var verdict = RunDecision.Decide(snapshot);
            switch (verdict.Need)
            {
                // Asked again with it. What the run holds meanwhile it keeps.
                case RunNeed.Spec:
                    return (verdict, null);
                case RunNeed.Secrets:
                    snapshot = snapshot with { Secrets = await InputsAsync(run, cancellationToken) };
                    break;
                case RunNeed.Placement:
                    snapshot = snapshot with { Placement = queue.Ask(verdict.Waiting!) };
                    break;
                // One that has changed meanwhile is looked at again: it may be another's now.
                case RunNeed.Session:
                    var taken = await sessions.TakeAsync(snapshot.Session!.Session, run, verdict.SessionNode!, cancellationToken);
                    snapshot = snapshot with { Session = sessions.PlaceOf(run), Placement = taken ? snapshot.Placement : null };
                    break;
                default:
                    if (snapshot.Secrets?.WaitsFor is null)
                    {
                        waits.Forget(run.UID());
                    }

                    if (snapshot.Placement is null && queue.Release(run.UID()))
                    {
                        Freed?.Invoke();
                    }

                    return (verdict, snapshot.Secrets);
            }
        }
    }

    private async Task<SecretCheck> InputsAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (waits.Find(run.UID()) is { } known)
        {
            return known;
        }

        var check = await inputs.ReadAsync(run, cancellationToken);
        if (check.WaitsFor is not null)
        {
            waits.Add(run, check);
        }

        return check;
    }

    private DateTimeOffset? LostAt(AgentRun run)
    {
        if (run.LiveAttempt()?.Node is not { } node)
        {
            return null;
        }

        if (nodes.Find(node) is { } view)
        {
            _missing.TryRemove(node, out _);
            return view.LostAt;
        }
        return _missing.GetOrAdd(node, _ => clock.GetUtcNow()) + options.NodeLostAfter;
    }

    private async Task<ReconcileResult> CarryOutAsync(
        AgentRun run,
        RunVerdict verdict,
        SecretCheck? check,
        CancellationToken cancellationToken
    )
    {
        if (run.IsFinished())
        {
            await sessions.LeaveAsync(run, cancellationToken);
        }

        if (verdict.Delete)
        {
            return await DeleteAsync(run, cancellationToken);
        }

        var next = verdict.Status is { } status ? run with { Status = status } : run;
        sender.Send(next, verdict.Before);
        if (verdict.Status is not null)
        {
            if (await StoreAsync(next, cancellationToken) is not { } stored)
            {
                return ReconcileResult.Backoff;
            }

            Stored(run, stored, verdict);
            // The answer, not what was sent: it has the new version. The spec is the one that was read, by compare-and-swap, and whole if
            // it was read whole.
            next = runs.Complete(stored);
            if (next.IsAbridged())
            {
                next = next with { Spec = run.Spec };
            }
        }
        sender.Retract(next, verdict);
        await sessions.LeaveAsync(next, cancellationToken);
        return await FollowUpAsync(next, verdict, check, cancellationToken);
    }

    // Only what was looked at: somebody may just have asked for it to be kept.
    private async Task<ReconcileResult> DeleteAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var only = new DeleteOptions
        {
            Preconditions = new Preconditions { Uid = run.UID(), ResourceVersion = run.Metadata.ResourceVersion },
        };
        try
        {
            await client.DeleteAsync(AgentRunResource.Type, NamespacedName.Of(run), only, cancellationToken);
        }
        catch (ApiException e) when (e.IsConflict)
        {
            return ReconcileResult.Backoff;
        }
        Log.Deleted(logger, NamespacedName.Of(run));
        Deleted(run);
        return ReconcileResult.Done;
    }

    private async Task<AgentRun?> StoreAsync(AgentRun run, CancellationToken cancellationToken)
    {
        var (stored, isGone) = await writer.StoreAsync(run, cancellationToken);
        // The informer will say so too, but its container need not wait for that.
        if (isGone)
        {
            Deleted(run);
        }

        return stored;
    }

    private void Stored(AgentRun before, AgentRun stored, RunVerdict verdict)
    {
        if (stored.LiveAttempt() is not null)
        {
            queue.Settle(stored.UID());
        }

        if (before.LiveAttempt() is { Attempt: { } ended } && stored.LiveAttempt()?.Attempt != ended)
        {
            observations.Forget(stored.UID(), ended);
            Freed?.Invoke();
        }
        foreach (var told in verdict.Events)
        {
            events.Record(stored, told.Warning ? EventType.Warning : EventType.Normal, told.Reason, told.Reason, told.Note);
        }

        var status = stored.Status!;
        var why = status.Reason is { } reason ? $" ({reason})" : "";
        if (status.Attempt is { } attempt)
        {
            Log.Stored(logger, NamespacedName.Of(stored), status.Phase, why, attempt, status.NodeName);
        }
        else
        {
            Log.StoredWithoutAttempt(logger, NamespacedName.Of(stored), status.Phase, why);
        }
    }

    private async Task<ReconcileResult> FollowUpAsync(
        AgentRun run,
        RunVerdict verdict,
        SecretCheck? check,
        CancellationToken cancellationToken
    )
    {
        var lookAgain = verdict.LookAgain;
        if (run.IsFinished())
        {
            secrets.Forget(run.UID());
            var asked = observations.Find(run.UID()) is not null;
            observations.Forget(run.UID());
            sender.SendFinished(run, verdict.After, again: asked || verdict.Status is not null);
        }
        else if (verdict.After.FirstOrDefault(w => w.State == DesiredState.Go) is { } go)
        {
            sender.Send(run, [.. verdict.After.Where(w => w.State != DesiredState.Go)]);
            if (run.IsAbridged())
            {
                lookAgain = sender.IsNews(run, go) ? Earlier(lookAgain, clock.GetUtcNow()) : lookAgain;
            }
            else if (sender.IsNews(run, go) && !sender.Go(run, go, await SecretsAsync(run, check, cancellationToken)))
            {
                lookAgain = Earlier(lookAgain, clock.GetUtcNow() + options.SecretRetry);
            }
        }
        else
        {
            sender.Send(run, verdict.After);
        }
        return lookAgain is { } time ? ReconcileResult.After(Floor(time - clock.GetUtcNow())) : ReconcileResult.Done;
    }

    private async Task<AttemptSecrets?> SecretsAsync(AgentRun run, SecretCheck? check, CancellationToken cancellationToken) =>
        check is { Reason: null } ? secrets.Take(run, check) : await secrets.ReadAsync(run, cancellationToken);

    private static DateTimeOffset Earlier(DateTimeOffset? a, DateTimeOffset b) => a < b ? a.Value : b;

    // Timers are not exact: what is a moment early looks again a moment later, not in a busy loop.
    private static TimeSpan Floor(TimeSpan delay) => delay < TimeSpan.FromMilliseconds(20) ? TimeSpan.FromMilliseconds(20) : delay;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Run}: {Phase}{Reason}, attempt {Attempt} on {Node}")]
        public static partial void Stored(ILogger logger, NamespacedName run, RunPhase? phase, string reason, int attempt, string? node);

        [LoggerMessage(LogLevel.Information, "{Run}: deleted, as its deleteAfterFinished says")]
        public static partial void Deleted(ILogger logger, NamespacedName run);

        [LoggerMessage(LogLevel.Information, "{Run}: {Phase}{Reason}")]
        public static partial void StoredWithoutAttempt(ILogger logger, NamespacedName run, RunPhase? phase, string reason);
    }
}
