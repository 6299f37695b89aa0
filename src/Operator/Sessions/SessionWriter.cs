using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Statuses;
using Stromboli.Operator.Stores;

namespace Stromboli.Operator.Sessions;

/// <summary>
/// Stores the status of sessions by compare-and-swap. A run takes its session before an attempt of the run is on record, and its usage is
/// counted in the write in which it leaves. So a session is given once and usage is counted once, whatever process dies in between.
/// </summary>
internal sealed class SessionWriter(KubeClient client, SessionStore sessions, RunStore runs, INodeRegistry nodes, TimeProvider clock)
{
    /// <summary>Returns the place of a run in its session; null if it has no session, or the session does not exist.</summary>
    public SessionPlace? PlaceOf(AgentRun run)
    {
        if (sessions.Of(run) is not { } session)
        {
            return null;
        }
        // The run is being reconciled now, so its last reason to wait does not count.
        var asking = run with
        {
            Status = run.Status is { } status ? status with { Reason = null } : null,
        };
        var others = runs.OfSession(NamespacedName.Of(session)).Where(other => other.UID() != run.UID());
        return SessionPlace.Of(run, session, SessionQueue.Of(others.Append(asking), session));
    }

    /// <summary>Returns the runs that wait for a session, in their order.</summary>
    public IReadOnlyList<AgentRun> QueueOf(AgentSession session) => SessionQueue.Of(runs.OfSession(NamespacedName.Of(session)), session);

    /// <summary>Gives the session to the run that is next.</summary>
    /// <returns>False if the session has changed. The store then has the current object.</returns>
    public async Task<bool> TakeAsync(AgentSession session, AgentRun run, string node, CancellationToken cancellationToken) =>
        await StoreAsync(session, SessionStatuses.Taken(session, run, node, clock.GetUtcNow()), cancellationToken) is not null;

    /// <summary>Takes the session from a run that no longer keeps it. Does nothing for any other run.</summary>
    /// <param name="run">The stored run.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <exception cref="ApiException">It is not known whether the status was stored.</exception>
    public async Task LeaveAsync(AgentRun run, CancellationToken cancellationToken)
    {
        while (
            SessionStore.KeyOf(run) is { } key
            && sessions.Get(key) is { } session
            && session.Status?.ActiveRun?.UID == run.UID()
            && !SessionQueue.Keeps(run)
        )
        {
            // The store does not keep the usage of finished runs.
            var whole =
                run is { Status.Usage: null } && run.IsFinished()
                    ? await client.TryGetAsync(AgentRunResource.Type, NamespacedName.Of(run), cancellationToken) ?? run
                    : run;
            var spec = whole.Spec is { SessionMerged: false } own ? SessionSpecs.Merge(own, session) : whole.Spec;
            if (
                await StoreAsync(session, SessionStatuses.Left(session, whole with { Spec = spec }, clock.GetUtcNow()), cancellationToken)
                is not null
            )
            {
                return;
            }
        }
    }

    /// <summary>Stores a status with phase, conditions and queue, if it differs from the stored one.</summary>
    /// <returns>The stored session; null if it has changed or is gone.</returns>
    public async Task<AgentSession?> StoreAsync(AgentSession session, AgentSessionStatus status, CancellationToken cancellationToken)
    {
        var next = session with { Status = status };
        next = next with { Status = SessionStatuses.Shown(next, QueueOf(next), IsLost(status.NodeName), clock.GetUtcNow()) };
        if (StatusComparison.IsSame(next.Status, session.Status, CrdsJson.Default.AgentSessionStatus))
        {
            return session;
        }

        try
        {
            // The API server takes only the status from this write, and the spec in memory may be abridged.
            var stored = await client.ReplaceStatusAsync(
                AgentSessionResource.Type,
                next with
                {
                    Spec = null,
                },
                cancellationToken: cancellationToken
            );
            sessions.Informer.Store.Observe(stored);
            return SessionStore.Trim(stored);
        }
        catch (ApiException e) when (e.IsConflict || e.IsNotFound)
        {
            // The current object is read below.
        }
        if (
            await client.TryGetAsync(AgentSessionResource.Type, NamespacedName.Of(session), cancellationToken) is { } live
            && live.Metadata.Uid == session.Metadata.Uid
        )
        {
            sessions.Informer.Store.Observe(live);
        }
        else
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), clock, cancellationToken);
        }

        return null;
    }

    private bool IsLost(string? node) => node is not null && (nodes.Find(node) is not { } view || view.LostAt <= clock.GetUtcNow());
}
