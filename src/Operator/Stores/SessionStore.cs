using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Stores;

/// <summary>The sessions in the informer, with indexes.</summary>
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

    /// <summary>The sessions on a node.</summary>
    public IReadOnlyList<AgentSession> OnNode(string node) => Informer.Store.ByIndex(ByNode, node);

    /// <summary>
    /// The session of a run; null if it does not exist, or if it is not the one that the live attempt uses, which was deleted then.
    /// </summary>
    public AgentSession? Of(AgentRun run) =>
        KeyOf(run) is { } key
        && Get(key) is { Metadata: { DeletionTimestamp: null, Uid: { } uid } } session
        && (run.LiveAttempt() is null || run.Status?.Session?.UID == uid)
            ? session
            : null;

    /// <summary>
    /// Returns the run with what comes from its session. A run that is finished, or has no existing session, is returned as it is.
    /// </summary>
    public AgentRun Complete(AgentRun run) =>
        run is { Spec: { SessionRef: not null, SessionMerged: false } spec } && !run.IsFinished() && Of(run) is { } session
            ? run with
            {
                Spec = SessionSpecs.Merge(spec, session),
            }
            : run;

    /// <summary>Removes what the operator does not need in memory.</summary>
    public static AgentSession Trim(AgentSession session) =>
        session with
        {
            Metadata = AbridgedSpecs.Metadata(session.Metadata),
            Spec = AbridgedSpecs.Of(session.Spec),
        };

    /// <summary>The name of a run's session; null if the run has none.</summary>
    public static NamespacedName? KeyOf(AgentRun run) =>
        run.Spec?.SessionRef?.Name is { } name ? new(run.Metadata.Namespace ?? "", name) : null;
}
