namespace Stromboli.Crds.Runs;

/// <summary>
/// The mount options that a volume takes. All others are refused: those that weaken (suid, dev, exec, shared, slave), those that change the
/// host's files (U, z, Z, O) and those that mean nothing for a path of the host (copy, nocopy).
/// </summary>
public static class MountOptions
{
    /// <summary>Nothing in it can be run.</summary>
    public const string NoExec = "noexec";

    /// <summary>As readOnly.</summary>
    public const string ReadOnly = "ro";

    /// <summary>Always so.</summary>
    public const string NoSuid = "nosuid";

    /// <summary>Always so.</summary>
    public const string NoDev = "nodev";

    /// <summary>Always so.</summary>
    public const string Private = "private";

    /// <summary>Always so.</summary>
    public const string RecursivelyPrivate = "rprivate";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [NoExec, ReadOnly, NoSuid, NoDev, Private, RecursivelyPrivate];
}
