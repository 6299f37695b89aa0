namespace Stromboli.Crds.Runs;

/// <summary>
/// The paths inside an agent's container that are Stromboli's. A user's mount may not meet them
/// (<see cref="Schema.Patterns.ReservedPath"/>).
/// </summary>
public static class ContainerPaths
{
    /// <summary>The run directory: sockets of the bridge, mounted read-only.</summary>
    public const string RunDirectory = "/run/stromboli";

    /// <summary>Shim and CLI, each mounted read-only below it.</summary>
    public const string Tools = "/opt/stromboli";

    /// <summary>The agent's HOME, a volume.</summary>
    public const string Home = "/home/agent";

    /// <summary>Where the workspace is unless the run says otherwise.</summary>
    public const string Workspace = "/workspace";
}
