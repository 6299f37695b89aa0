using Stromboli.Crds.Runs;
using Stromboli.Crds.Validation;

namespace Stromboli.Crds.Sessions;

/// <summary>Puts together what a run and its session say; pure.</summary>
public static class SessionSpecs
{
    /// <summary>
    /// The run's spec with what comes from its session. One that says itself what must come from there is not touched: its validation names
    /// the fields.
    /// </summary>
    /// <param name="run">The spec of a run with a sessionRef.</param>
    /// <param name="session">The session that it names.</param>
    public static AgentRunSpec Merge(AgentRunSpec run, AgentSession session)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(session);
        if (session.Spec is not { } spec || SessionFields.Own(run))
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
            Workspace = HasBegun(session) ? WithoutGit(spec.Workspace) : spec.Workspace,
            Workdir = spec.Workdir,
            Env = spec.Env,
            SecretsEnv = spec.SecretsEnv,
            Volumes = spec.Volumes,
            Resources = spec.Resources,
            Lifecycle = HasBegun(session) ? EachTime(spec.Lifecycle) : spec.Lifecycle,
            // Its files are where they are, whatever labels that node has now.
            NodeSelector = node is null ? spec.NodeSelector : null,
            NodeName = node ?? spec.NodeName,
        };
    }

    /// <summary>Whether an agent of the session has run to an end: it then has something on its node.</summary>
    public static bool HasBegun(AgentSession session) => session?.Status?.Turns > 0;

    // No credential of the repository is needed any more.
    private static WorkspaceSpec? WithoutGit(WorkspaceSpec? workspace) => workspace is null ? null : workspace with { Git = null };

    private static LifecycleSpec? EachTime(LifecycleSpec? lifecycle) =>
        lifecycle?.PostStart is null ? null : lifecycle with { OnCreate = null, PostCreate = null };
}
