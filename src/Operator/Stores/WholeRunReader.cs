using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Stores;

/// <summary>
/// Reads whole runs of which the store keeps a part. Each may have several megabytes, so only a few are read at one time. A caller that
/// finds no slot tries again later and blocks no other run.
/// </summary>
internal sealed class WholeRunReader(KubeClient client, RunStore runs, SessionStore sessions)
{
    /// <summary>How many whole runs are in memory, at most.</summary>
    public const int AtOnce = 4;

    /// <summary>How long a caller waits before it tries again.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(250);

    private int _taken;

    /// <summary>Takes a slot, if there is one. <see cref="Leave"/> releases it.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= AtOnce)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Releases a slot.</summary>
    public void Leave() => Interlocked.Decrement(ref _taken);

    /// <summary>
    /// Reads the run from the API server, with all that comes from its session. Null if the run or its session is gone or was replaced; the
    /// caller then reconciles the run again.
    /// </summary>
    /// <exception cref="ApiException">The API server did not answer.</exception>
    public async Task<AgentRun?> ReadAsync(AgentRun run, CancellationToken cancellationToken)
    {
        if (
            await client.TryGetAsync(AgentRunResource.Type, NamespacedName.Of(run), cancellationToken) is not { } live
            || live.UID() != run.UID()
        )
        {
            return null;
        }

        runs.Observe(live);
        live = live with { Metadata = AbridgedSpecs.Metadata(live.Metadata) };
        var whole = runs.Complete(live);
        if (!whole.IsAbridged() || sessions.Of(live) is not { } known)
        {
            return whole.IsAbridged() ? null : whole;
        }

        return
            await client.TryGetAsync(AgentSessionResource.Type, NamespacedName.Of(known), cancellationToken) is { } session
            && session.Metadata.Uid == known.Metadata.Uid
            // The status comes from the store, which is never older than this operator's own writes.
            ? live with
            {
                Spec = SessionSpecs.Merge(live.Spec!, known with { Spec = session.Spec }),
            }
            : null;
    }
}
