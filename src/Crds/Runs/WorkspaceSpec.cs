using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// The directory that the agent works in: empty at first, on the node's disk, removed with the run's log (ttlAfterFinished).
/// </summary>
[CelRule("[has(self.emptyDir), has(self.git), has(self.hostPath)].filter(set, set).size() <= 1", "{path} " + Sentences.OneWorkspace)]
public sealed record WorkspaceSpec
{
    /// <summary>
    /// An empty directory on the node's disk, removed with the run's log (ttlAfterFinished). What a workspace is when nothing else is set.
    /// </summary>
    public EmptyDirWorkspace? EmptyDir { get; init; }

    /// <summary>Where it is in the container; an absolute path. /workspace when absent.</summary>
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.Path, Sentences.Path)]
    [CelRule("!self.matches(r'" + Patterns.ReservedPath + "')", "{path} " + Sentences.ReservedPath)]
    [CelRule("!self.matches(r'" + Patterns.OwnMount + "')", "{path} " + Sentences.OwnMount)]
    public string? MountPath { get; init; }

    /// <summary>A Git repository that it is cloned from before the agent starts.</summary>
    public GitWorkspace? Git { get; init; }

    /// <summary>A directory of the node instead of an empty one. It must be allowed to be written there, and stays after the run.</summary>
    public HostPathSource? HostPath { get; init; }
}
