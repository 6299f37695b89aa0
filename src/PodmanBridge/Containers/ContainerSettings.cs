namespace Stromboli.PodmanBridge.Containers;

/// <summary>The settings that all containers of this node share.</summary>
internal sealed class ContainerSettings
{
    /// <summary>The installation. Every name begins with it.</summary>
    public required IInstallation Installation { get; init; }

    /// <summary>What the engine enforces.</summary>
    public required INodeCapabilities Capabilities { get; init; }

    /// <summary>The name of the AgentNode.</summary>
    public required string Node { get; init; }

    /// <summary>The folder of the run directories. Its path is short, since the path of a socket has at most 107 bytes (unix(7)).</summary>
    public required string RunRoot { get; init; }

    /// <summary>The shim's file on this node.</summary>
    public required string ShimPath { get; init; }

    /// <summary>The folder of the Claude Code CLI on this node; null if the node has no CLI.</summary>
    public required string? ClaudeDirectory { get; init; }

    /// <summary>The files that are the same for every container.</summary>
    public required ContainerFiles Files { get; init; }

    /// <summary>Whether the node runs attempts even if it cannot enforce all their limits.</summary>
    public bool AllowsUnenforcedLimits { get; init; }

    /// <summary>The maximum number of processes and threads of one run.</summary>
    public required int MaxRunPids { get; init; }

    /// <summary>The names of an attempt's containers and volumes.</summary>
    /// <exception cref="InvalidOperationException">No operator has welcomed this bridge yet.</exception>
    public ContainerNames NamesOf(AttemptKey key, string? session = null) =>
        ContainerNames.Of(InstallationID, key.UID, key.Attempt, session);

    /// <summary>The directory of the sockets of an attempt's agent.</summary>
    public string RunDirectoryOf(AttemptKey key) => Path.Combine(RunRoot, key.ToString());

    /// <summary>
    /// The directory of the sockets of an attempt's git clone. It is separate from the agent's directory, so that the agent never reaches
    /// the repository's server.
    /// </summary>
    public string CloneDirectoryOf(AttemptKey key) => Path.Combine(RunRoot, key + ContainerNames.CloneSuffix);

    /// <summary>The directory of the sockets of a diff of an attempt's workspace.</summary>
    public string DiffDirectoryOf(AttemptKey key) => Path.Combine(RunRoot, key + ContainerNames.DiffSuffix);

    /// <summary>What the node adds to an attempt's specification to create a container from it.</summary>
    /// <param name="key">The attempt.</param>
    /// <param name="user">The user in the container.</param>
    /// <param name="imageID">The id of the local image.</param>
    /// <param name="runDirectory">The directory of the container's sockets.</param>
    /// <param name="logPath">The file to which the engine writes the shim's output.</param>
    public ContainerInputs Inputs(AttemptKey key, AgentUser user, string imageID, string runDirectory, string logPath) =>
        new()
        {
            Installation = InstallationID,
            Node = Node,
            UID = key.UID,
            Attempt = key.Attempt,
            User = user,
            ImageID = imageID,
            RunDirectory = runDirectory,
            ShimPath = ShimPath,
            LogPath = logPath,
            Files = Files,
            EnforcedLimits = Capabilities.EnforcedLimits,
        };

    private string InstallationID => Installation.ID ?? throw new InvalidOperationException("No operator has welcomed this bridge yet.");
}
