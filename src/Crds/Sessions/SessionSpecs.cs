using Stromboli.Crds.Runs;

namespace Stromboli.Crds.Sessions;

/// <summary>Merges the specs of a run and its session. Pure.</summary>
public static class SessionSpecs
{
    /// <summary>
    /// The run's spec with the fields that its session sets. A run that sets one of these fields itself is returned unchanged: its
    /// validation names the fields.
    /// </summary>
    /// <param name="run">The spec of a run with a sessionRef.</param>
    /// <param name="session">The session that the run names.</param>
    public static AgentRunSpec Merge(AgentRunSpec run, AgentSession session)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(session);
        if (session.Spec is not { } spec || SetsFieldsOfSession(run))
        {
            return run;
        }

        var node = session.Status?.NodeName;
        return run with
        {
            SessionMerged = true,
            AbridgedFrom =
                run.AbridgedFrom is null && spec.AbridgedFrom is null ? null : (run.AbridgedFrom ?? 0) + (spec.AbridgedFrom ?? 0),
            Agent = run.Agent ?? spec.Agent,
            Model = run.Model ?? spec.Model,
            Image = spec.Image,
            ImagePullPolicy = spec.ImagePullPolicy,
            ImagePullSecrets = spec.ImagePullSecrets,
            Workspace = HasBegun(session) ? WithoutClone(spec.Workspace) : spec.Workspace,
            Workdir = spec.Workdir,
            Env = spec.Env,
            SecretsEnv = spec.SecretsEnv,
            Volumes = spec.Volumes,
            Resources = spec.Resources,
            Lifecycle = HasBegun(session) ? EachTime(spec.Lifecycle) : spec.Lifecycle,
            // The session's files stay on their node, whatever labels it has now.
            NodeSelector = node is null ? spec.NodeSelector : null,
            NodeName = node ?? spec.NodeName,
        };
    }

    /// <summary>Whether an agent of the session has run to its end. The node then keeps data of the session.</summary>
    public static bool HasBegun(AgentSession session) => session?.Status?.Turns > 0;

    /// <summary>Whether the run sets a field that only its session may set.</summary>
    public static bool SetsFieldsOfSession(AgentRunSpec run)
    {
        ArgumentNullException.ThrowIfNull(run);
        object?[] fields =
        [
            run.Image,
            run.ImagePullPolicy,
            run.ImagePullSecrets,
            run.Workspace,
            run.Workdir,
            run.Env,
            run.SecretsEnv,
            run.Volumes,
            run.Resources,
            run.Lifecycle,
            run.NodeSelector,
            run.NodeName,
        ];
        return fields.Any(field => field is not null);
    }

    // The clone is on the node already. Only a push still needs the repository and its credential.
    private static WorkspaceSpec? WithoutClone(WorkspaceSpec? workspace) =>
        workspace is { Git.Push: null } ? workspace with { Git = null } : workspace;

    private static LifecycleSpec? EachTime(LifecycleSpec? lifecycle) =>
        lifecycle?.PostStart is null ? null : lifecycle with { OnCreate = null, PostCreate = null };
}
