using Stromboli.Crds.Defaults;
using Stromboli.Crds.Runs;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>Finds what a run needs of the node itself.</summary>
internal static class NodeNeeds
{
    /// <summary>Returns all needs of the run, in the order in which the bridge checks them. Most runs have none.</summary>
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

/// <summary>Something of the node itself that a run needs and the node's admin may permit.</summary>
internal abstract record NodeNeed
{
    /// <summary>The need as one line of text. Needs with equal text are met by the same nodes and refused with the same message.</summary>
    public abstract string Key { get; }

    /// <summary>Whether a node with these permissions meets the need.</summary>
    public abstract bool IsMetBy(NodePermissions permissions);

    /// <summary>The answer to a run when no node meets the need.</summary>
    /// <param name="nodes">The nodes that match otherwise.</param>
    public abstract Placement Refusal(IReadOnlyList<NodeView> nodes);

    /// <summary><c>node a</c> or <c>nodes a, b</c>.</summary>
    protected static string Names(IReadOnlyList<NodeView> nodes) =>
        $"{(nodes.Count == 1 ? "node" : "nodes")} {NodeNames.List(nodes.Select(n => n.Name))}";
}

/// <summary>A path of the node. The messages are those of the bridge, which checks more than the text of the path.</summary>
/// <param name="Field">The field that names the path.</param>
/// <param name="Path">The path.</param>
/// <param name="Write">Whether the run writes to the path.</param>
internal sealed record HostPathNeed(string Field, string Path, bool Write) : NodeNeed
{
    /// <inheritdoc/>
    public override string Key => $"{Field} {(Write ? "rw" : "ro")} {Path}";

    /// <inheritdoc/>
    public override bool IsMetBy(NodePermissions permissions) => permissions.AllowsVolume(Path, Write);

    /// <inheritdoc/>
    public override Placement Refusal(IReadOnlyList<NodeView> nodes)
    {
        var bridge = nodes.Count == 1 ? "its" : "a";
        var readable = Write && nodes.Any(n => n.Permissions?.AllowsVolume(Path, write: false) == true);
        return Placement.Fails(
            RunReason.VolumeDenied,
            (Write, readable) switch
            {
                (false, _) =>
                    $"{Field} {Path} is not allowed on {Names(nodes)}; {bridge} bridge allows what lies below a --allow-volume PREFIX, such as --allow-volume {Path}.",
                (_, true) =>
                    $"{Field} {Path} may only be read on {Names(nodes)}; mount it with readOnly: true, or let {bridge} bridge allow to write it with --allow-volume {Path}:rw.",
                _ =>
                    $"{Field} {Path} is not allowed on {Names(nodes)}; {bridge} bridge allows to write what lies below a --allow-volume PREFIX:rw, such as --allow-volume {Path}:rw.",
            }
        );
    }
}

/// <summary>A secret of the node's Podman.</summary>
/// <param name="Field">The field that names the secret.</param>
/// <param name="Secret">The name of the secret.</param>
internal sealed record PodmanSecretNeed(string Field, string Secret) : NodeNeed
{
    /// <inheritdoc/>
    public override string Key => $"{Field} {Secret}";

    /// <inheritdoc/>
    public override bool IsMetBy(NodePermissions permissions) => permissions.PodmanSecrets.Contains(Secret);

    /// <inheritdoc/>
    public override Placement Refusal(IReadOnlyList<NodeView> nodes) =>
        Placement.Fails(
            RunReason.PolicyDenied,
            $"{Field}: {Names(nodes)} {(nodes.Count == 1 ? "does" : "do")} not allow runs to have the Podman secret {Secret}; "
                + $"{(nodes.Count == 1 ? "its" : "a")} bridge would need --allow-podman-secret {Secret}."
        );
}

/// <summary>The means to clone a repository. A node without them refuses nothing, so the run waits for another node.</summary>
internal sealed record GitNeed : NodeNeed
{
    /// <inheritdoc/>
    public override string Key => "git";

    /// <inheritdoc/>
    public override bool IsMetBy(NodePermissions permissions) => permissions.ClonesGit;

    /// <inheritdoc/>
    public override Placement Refusal(IReadOnlyList<NodeView> nodes) =>
        Placement.Waits(
            RunReason.NoNodeMatches,
            $"spec.workspace.git: {Names(nodes)} {(nodes.Count == 1 ? "does" : "do")} not clone repositories; start {(nodes.Count == 1 ? "its" : "a")} bridge with --git-image."
        );
}
