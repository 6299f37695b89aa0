using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// A directory or file of the node that is mounted into the container. The node's bridge must allow it with --allow-volume; otherwise the
/// run ends with VolumeDenied.
/// </summary>
[CelRule(
    "!has(self.readOnly) || self.readOnly || !has(self.options) || !self.options.exists(option, option == 'ro')",
    "{path}.readOnly " + Messages.ReadOnlyTwice,
    Field = "readOnly"
)]
public sealed record VolumeSpec
{
    /// <summary>hostPath is the path on the node, without symbolic links. It must be an existing directory or regular file.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.PlainPath, Messages.PlainPath)]
    public string? HostPath { get; init; }

    /// <summary>mountPath is the path in the container.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Path)]
    [Pattern(Patterns.PlainPath, Messages.PlainPath)]
    [CelRule("!self.matches(r'" + Patterns.ReservedMount + "')", "{path} " + Messages.ReservedMount)]
    public string? MountPath { get; init; }

    /// <summary>
    /// readOnly is whether the agent can only read the volume. Defaults to true. The agent of a run that only reads volumes runs as a user
    /// of its own, so the mode bits for other users decide what it can read. The agent of a run with a writable volume runs as the user
    /// that owns the node's Podman; if it escapes its container, it is that user.
    /// </summary>
    public bool? ReadOnly { get; init; }

    /// <summary>
    /// options are the mount options: noexec, and ro, nosuid, nodev, private and rprivate, which have no further effect. ro requires that
    /// readOnly is not false.
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

/// <summary>
/// The mount options that a volume accepts. All others are refused: those that weaken isolation (suid, dev, exec, shared, slave), those
/// that change files on the host (U, z, Z, O) and those that have no meaning for a path of the host (copy, nocopy).
/// </summary>
public static class MountOptions
{
    /// <summary>Programs on the volume cannot be executed.</summary>
    public const string NoExec = "noexec";

    /// <summary>The same as readOnly.</summary>
    public const string ReadOnly = "ro";

    /// <summary>Always in effect.</summary>
    public const string NoSuid = "nosuid";

    /// <summary>Always in effect.</summary>
    public const string NoDev = "nodev";

    /// <summary>Always in effect.</summary>
    public const string Private = "private";

    /// <summary>Always in effect.</summary>
    public const string RecursivelyPrivate = "rprivate";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [NoExec, ReadOnly, NoSuid, NoDev, Private, RecursivelyPrivate];
}

/// <summary>A <see cref="VolumeSpec"/> with every default applied.</summary>
public sealed record HostVolume
{
    /// <summary>The absolute path on the node.</summary>
    public required string HostPath { get; init; }

    /// <summary>The path in the container.</summary>
    public required string MountPath { get; init; }

    /// <summary>Whether the agent can only read the volume.</summary>
    public required bool ReadOnly { get; init; }

    /// <summary>Whether programs on the volume cannot be executed.</summary>
    public bool NoExec { get; init; }
}
