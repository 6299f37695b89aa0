using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Operator.Runs;

namespace Stromboli.Operator.Sessions;

/// <summary>The sessions that the informer knows.</summary>
internal sealed class SessionStore
{
    private const string ByNode = "node";

    public SessionStore(Informer<AgentSession> informer)
    {
        Informer = informer;
        informer.Store.AddIndex(ByNode, session => session.Status?.NodeName is { } node ? [node] : []);
    }

    /// <summary>The informer.</summary>
    public Informer<AgentSession> Informer { get; }

    /// <summary>The session of that name, or null.</summary>
    public AgentSession? Get(NamespacedName key) => Informer.Store.Get(key);

    /// <summary>The sessions that are on a node.</summary>
    public IReadOnlyList<AgentSession> OnNode(string node) => Informer.Store.ByIndex(ByNode, node);

    /// <summary>
    /// The session that a run names; null if there is none, or another than the one that the attempt under way has: that one was deleted.
    /// </summary>
    public AgentSession? Of(AgentRun run) =>
        KeyOf(run) is { } key
        && Get(key) is { Metadata: { DeletionTimestamp: null, Uid: { } uid } } session
        && (run.LiveAttempt() is null || run.Status?.Session?.UID == uid)
            ? session
            : null;

    /// <summary>The run with what comes from its session. One that has none, is over, or whose session is not there is as it was.</summary>
    public AgentRun Complete(AgentRun run) =>
        run is { Spec: { SessionRef: not null, SessionMerged: false } spec } && !run.IsFinished() && Of(run) is { } session
            ? run with
            {
                Spec = SessionSpecs.Merge(spec, session),
            }
            : run;

    /// <summary>What is kept of a session.</summary>
    public static AgentSession Trim(AgentSession session) =>
        session with
        {
            Metadata = AbridgedSpecs.Metadata(session.Metadata),
            Spec = AbridgedSpecs.Of(session.Spec),
        };

    /// <summary>The name of the session of a run; null if it has none.</summary>
    public static NamespacedName? KeyOf(AgentRun run) =>
        run.Spec?.SessionRef?.Name is { } name ? new(run.Metadata.Namespace ?? "", name) : null;
}
