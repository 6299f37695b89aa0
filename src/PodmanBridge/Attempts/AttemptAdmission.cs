using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Decides whether this node runs an attempt, before anything is made for it. The API and the operator refuse most of this earlier; the
/// node does not rely on them.
/// </summary>
internal sealed class AttemptAdmission(ContainerSettings settings, NodeSecrets secrets, NodeSessions sessions, WorkspaceClones clones)
{
    /// <summary>Refuses what the operator wants to run if the node cannot run it.</summary>
    /// <param name="desired">What the operator wants; null if it has not said so to this bridge yet.</param>
    /// <exception cref="RunRefusedException">An option is not known to the node's CLI, or the node clones no repositories.</exception>
    public void DemandDesired(AttemptSpec? desired)
    {
        if (desired is not null)
        {
            RefuseIf(AttemptStart.UnknownOption(desired, settings.Capabilities.CliVersion));
            RefuseIf(clones.Problem(sessions.Left(desired)), RunReason.GitCloneFailed);
        }
    }

    /// <summary>Refuses paths, limits and secrets that the node does not give a run.</summary>
    /// <exception cref="RunRefusedException">It asks for one of them.</exception>
    public void Demand(AttemptSpec spec)
    {
        RefuseIf(MountPaths.Problem(spec.MountPath, spec.Workdir) ?? VolumePaths.Problem(spec));
        RefuseIf(ProcessProblem(spec, settings.MaxRunPids, settings.Node), RunReason.PolicyDenied);
        secrets.Demand(spec);
    }

    /// <summary>What is left to do in the attempt's session, with the secrets of the node added to those of the operator.</summary>
    /// <exception cref="RunRefusedException">A secret cannot be had, or what is to run can be told to no program.</exception>
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

    /// <summary>Why the node does not give a run so many processes and threads, as a sentence; null if it does.</summary>
    /// <param name="spec">The attempt.</param>
    /// <param name="most">What one run may have.</param>
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
