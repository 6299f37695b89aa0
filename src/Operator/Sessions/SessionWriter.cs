using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Runs;

namespace Stromboli.Operator.Sessions;

/// <summary>
/// Stores the status of sessions by compare-and-swap. Who has a session is on record there before an attempt is on record in the run; who
/// leaves it is counted in the same write. So it is given once and counted once, whatever is killed in between.
/// </summary>
internal sealed class SessionWriter(KubeClient client, SessionStore sessions, RunStore runs, INodeRegistry nodes, TimeProvider clock)
{
    /// <summary>The place of a run in its session; null if it has none, or its session is not there.</summary>
    public SessionPlace? PlaceOf(AgentRun run)
    {
        if (sessions.Of(run) is not { } session)
        {
            return null;
        }
        // What it waited for before is being looked at just now.
        var asking = run with
        {
            Status = run.Status is { } status ? status with { Reason = null } : null,
        };
        var others = runs.OfSession(NamespacedName.Of(session)).Where(other => other.UID() != run.UID());
        return SessionPlace.Of(run, session, SessionLine.Of(others.Append(asking), session));
    }

    /// <summary>The runs that wait for a session, in their order.</summary>
    public IReadOnlyList<AgentRun> LineOf(AgentSession session) => SessionLine.Of(runs.OfSession(NamespacedName.Of(session)), session);

    /// <summary>Gives the session to the run whose turn it is.</summary>
    /// <returns>False if it has changed meanwhile: then the store has what the API server has, to look at again.</returns>
    public async Task<bool> TakeAsync(AgentSession session, AgentRun run, string node, CancellationToken cancellationToken) =>
        await StoreAsync(session, SessionStatuses.Taken(session, run, node, clock.GetUtcNow()), cancellationToken) is not null;

    /// <summary>Takes the session from a run that has it and keeps it no longer. Nothing happens for any other.</summary>
    /// <param name="run">The run, as it is stored.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ApiException">It is not known whether it was stored.</exception>
    public async Task LeaveAsync(AgentRun run, CancellationToken cancellationToken)
    {
        while (
            SessionStore.KeyOf(run) is { } key
            && sessions.Get(key) is { } session
            && session.Status?.ActiveRun?.UID == run.UID()
            && !SessionLine.Keeps(run)
        )
        {
            // The store keeps no usage of finished runs.
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

    /// <summary>Stores a status as it is to be shown, if it differs from the one that is stored.</summary>
    /// <returns>The session as it is stored now; null if it has changed meanwhile or is gone.</returns>
    public async Task<AgentSession?> StoreAsync(AgentSession session, AgentSessionStatus status, CancellationToken cancellationToken)
    {
        var next = session with { Status = status };
        next = next with { Status = SessionStatuses.Shown(next, LineOf(next), IsLost(status.NodeName), clock.GetUtcNow()) };
        if (SessionComparison.IsSame(next.Status, session.Status))
        {
            return session;
        }

        try
        {
            // The API server takes the status alone, and the spec may be only a part of what it has.
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
            // Looked at again below.
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
