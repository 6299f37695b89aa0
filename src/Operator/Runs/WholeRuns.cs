using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>
/// Reads runs whole of which the store keeps a part. Few at once, since each may have some megabytes; who finds no place comes again, and
/// holds up nobody meanwhile.
/// </summary>
internal sealed class WholeRuns(KubeClient client, RunStore runs, SessionStore sessions)
{
    /// <summary>How many runs are whole in memory at most.</summary>
    public const int AtOnce = 4;

    /// <summary>When to come again.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(250);

    private int _taken;

    /// <summary>Takes a place, if there is one; it is given back with <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _taken) <= AtOnce)
        {
            return true;
        }

        Leave();
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _taken);

    /// <summary>
    /// The run as the API server has it now, with all that comes from its session. Null if it, or its session, is gone or another: then it
    /// is looked at again.
    /// </summary>
    /// <exception cref="ApiException">The API server gave no answer.</exception>
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
            // Its status as the store has it, which is never older than this operator's own writes.
            ? live with
            {
                Spec = SessionSpecs.Merge(live.Spec!, known with { Spec = session.Spec }),
            }
            : null;
    }
}
