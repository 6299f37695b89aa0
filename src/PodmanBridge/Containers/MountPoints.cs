namespace Stromboli.PodmanBridge.Containers;

/// <summary>The paths of our mounts in every agent's container.</summary>
internal static class MountPoints
{
    /// <summary>The run's directory: sockets only.</summary>
    public const string RunDirectory = "/run/stromboli";

    /// <summary>The first process.</summary>
    public const string Shim = "/opt/stromboli/shim";

    /// <summary>The directory of the Claude Code CLI, with the program <c>claude</c> in it.</summary>
    public const string Cli = "/opt/stromboli/claude";

    /// <summary>The agent's HOME.</summary>
    public const string Home = "/home/agent";
}
