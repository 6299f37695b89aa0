using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// A directory or file of the node in the container. The node's bridge must allow it with --allow-volume, or the run ends with
/// VolumeDenied.
/// </summary>
[CelRule(
    "!has(self.readOnly) || self.readOnly || !has(self.options) || !self.options.exists(option, option == 'ro')",
    "{path}.readOnly " + Sentences.ReadOnlyTwice,
    Field = "readOnly"
)]
public sealed record VolumeSpec
{
    /// <summary>
    /// What is mounted: a directory or a regular file that is there on the node, no part of whose path is a symbolic link. Nothing is
    /// created.
    /// </summary>
    [RequiredField]
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.PlainPath, Sentences.PlainPath)]
    public string? HostPath { get; init; }

    /// <summary>Where it is in the container.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.PlainPath, Sentences.PlainPath)]
    [CelRule("!self.matches(r'" + Patterns.ReservedMount + "')", "{path} " + Sentences.ReservedMount)]
    public string? MountPath { get; init; }

    /// <summary>
    /// Whether the agent may only read it; true when absent. What is the agent's to read is said by the mode bits for everybody, since it
    /// is a user of its own. To write it must be the user of the node's Podman, which it is in a run that has false here: whoever gets out
    /// of such a container is that user.
    /// </summary>
    public bool? ReadOnly { get; init; }

    /// <summary>
    /// Mount options: noexec, and those that always hold and may be said: ro (with readOnly), nosuid, nodev, private, rprivate.
    /// </summary>
    [Items(RunLimits.MountOptions, TextMax = RunLimits.MountOption)]
    [OneOf(
        MountOptions.NoExec,
        MountOptions.ReadOnly,
        MountOptions.NoSuid,
        MountOptions.NoDev,
        MountOptions.Private,
        MountOptions.RecursivelyPrivate
    )]
    public List<string>? Options { get; init; }
}
