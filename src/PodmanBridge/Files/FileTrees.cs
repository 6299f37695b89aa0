using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Files;

/// <summary>Opens directories that agents can write.</summary>
/// <param name="program">The path of <c>stromboli-reader</c>.</param>
/// <param name="clock">The clock.</param>
internal sealed class FileTrees(string program, TimeProvider clock)
{
    /// <summary>Opens a directory in the engine's user namespace, which has the ids of all agents.</summary>
    /// <param name="root">The directory.</param>
    /// <param name="identity">Which directory it must be; null if its path cannot lead elsewhere.</param>
    /// <exception cref="FileTreeException">The program does not start.</exception>
    public FileTree Open(string root, FileIdentity? identity = null) =>
        FileTree.Start(program, EngineProcess.Find(), root, identity, clock);
}
