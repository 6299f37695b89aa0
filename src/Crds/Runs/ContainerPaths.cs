namespace Stromboli.Crds.Runs;

/// <summary>
/// The paths inside an agent's container that Stromboli uses. A user's mount must not overlap them
/// (<see cref="Schema.Patterns.ReservedPath"/>).
/// </summary>
public static class ContainerPaths
{
    /// <summary>The run directory with the bridge's sockets, mounted read-only.</summary>
    public const string RunDirectory = "/run/stromboli";

    /// <summary>The shim and the CLI, each mounted read-only below it.</summary>
    public const string Tools = "/opt/stromboli";

    /// <summary>The agent's HOME, a volume.</summary>
    public const string Home = "/home/agent";

    /// <summary>The default mount path of the workspace.</summary>
    public const string Workspace = "/workspace";

    /// <summary>The path without repeated slashes and without a slash at its end; null for null.</summary>
    internal static string? Normalize(string? path) =>
        path is null ? null : "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
}
