using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Decides whether this node runs an attempt, before the node makes anything for it. The API and the operator refuse most of this earlier,
/// but the node does not rely on them.
/// </summary>
internal sealed class AttemptAdmission(ContainerSettings settings, NodeSecrets secrets, NodeSessions sessions, WorkspaceClones clones)
{
    /// <summary>Refuses the desired attempt if the node cannot run it.</summary>
    /// <param name="desired">What the operator wants; null if it has not told this bridge yet.</param>
    /// <exception cref="RunRefusedException">The node's CLI does not know an option, or the node does not clone repositories.</exception>
    public void DemandDesired(AttemptSpec? desired)
    {
        if (desired is not null)
        {
            RefuseIf(AttemptStart.UnknownOption(desired, settings.Capabilities.CliVersion));
            RefuseIf(clones.Problem(sessions.Left(desired)), RunReason.GitCloneFailed);
        }
    }

    /// <summary>Refuses paths, limits and secrets that the node does not allow.</summary>
    /// <exception cref="RunRefusedException">The attempt asks for one of them.</exception>
    public void Demand(AttemptSpec spec)
    {
        RefuseIf(MountPaths.Problem(spec.MountPath, spec.Workdir) ?? VolumePaths.Problem(spec));
        RefuseIf(ProcessProblem(spec, settings.MaxRunPids, settings.Node), RunReason.PolicyDenied);
        secrets.Demand(spec);
    }

    /// <summary>What remains to be done in the attempt's session. The node's secrets are added to those of the operator.</summary>
    /// <exception cref="RunRefusedException">A secret is not available, or no program can be given what the run asks for.</exception>
    /// <exception cref="PodmanException">The engine did not answer.</exception>
    public async Task<(AttemptSpec Spec, AttemptSecrets Secrets)> CompleteAsync(
        AttemptSpec desired,
        AttemptSecrets given,
        CancellationToken cancellationToken
    )
    {
        var spec = sessions.Left(desired);
        var all = await secrets.AddAsync(spec, given, cancellationToken);
        RefuseIf(AttemptStart.UnknownOption(spec, settings.Capabilities.CliVersion) ?? AttemptStart.Problem(spec, all));
        return (spec, all);
    }

    /// <summary>Why the node does not allow the run so many processes and threads, as a sentence; null if it allows them.</summary>
    /// <param name="spec">The attempt.</param>
    /// <param name="most">The most processes and threads that one run may have.</param>
    /// <param name="node">The node's name.</param>
    internal static string? ProcessProblem(AttemptSpec spec, int most, string node) =>
        spec.Pids <= most
            ? null
            : $"spec.resources.limits.pids: node {node} gives a run at most {most} processes, and this one asks for {spec.Pids}; "
                + $"its bridge would need --max-run-pids {spec.Pids}.";

    private static void RefuseIf(string? problem, RunReason reason = RunReason.InvalidSpec)
    {
        if (problem is not null)
        {
            throw new RunRefusedException(reason, problem);
        }
    }
}
