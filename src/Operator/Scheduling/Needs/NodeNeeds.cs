using Stromboli.Crds.Defaults;

namespace Stromboli.Operator.Scheduling.Needs;

/// <summary>Finds what a run wants of its node.</summary>
internal static class NodeNeeds
{
    /// <summary>Everything that it wants, in the order in which the bridge looks at it. Most runs want nothing.</summary>
    public static IReadOnlyList<NodeNeed> Of(ResolvedRun run)
    {
        if (run is { Git: null, WorkspaceHostPath: null, Volumes.Count: 0, SecretsEnv.Count: 0 })
        {
            return [];
        }

        List<NodeNeed> needs = [];
        if (run.WorkspaceHostPath is { } workspace)
        {
            needs.Add(new HostPathNeed("spec.workspace.hostPath.path", workspace, Write: true));
        }

        for (var i = 0; i < run.Volumes.Count; i++)
        {
            needs.Add(new HostPathNeed($"spec.volumes[{i}].hostPath", run.Volumes[i].HostPath, !run.Volumes[i].ReadOnly));
        }

        for (var i = 0; i < run.SecretsEnv.Count; i++)
        {
            needs.Add(new PodmanSecretNeed($"spec.secretsEnv[{i}]", run.SecretsEnv[i].PodmanSecret ?? ""));
        }

        if (run.Git is not null)
        {
            needs.Add(new GitNeed());
        }

        return needs;
    }
}
