namespace Stromboli.PodmanBridge.Containers;

/// <summary>What the node adds to an attempt's specification to create a container from it.</summary>
internal sealed record ContainerInputs
{
    /// <summary>The UID of the kube-system namespace.</summary>
    public required string Installation { get; init; }

    /// <summary>The name of the AgentNode.</summary>
    public required string Node { get; init; }

    /// <summary>The UID of the AgentRun.</summary>
    public required string UID { get; init; }

    /// <summary>From 1.</summary>
    public required int Attempt { get; init; }

    /// <summary>The agent's user.</summary>
    public required AgentUser User { get; init; }

    /// <summary>The id of the local image that was fetched.</summary>
    public required string ImageID { get; init; }

    /// <summary>The run's directory on the node: mode 0711, sockets only.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The shim on the node: one file, executable by every user.</summary>
    public required string ShimPath { get; init; }

    /// <summary>The directory of the CLI on the node; null for a run that does not need the CLI.</summary>
    public string? ClaudeDirectory { get; init; }

    /// <summary>The file to which the engine writes the shim's output: absolute, outside every mount.</summary>
    public required string LogPath { get; init; }

    /// <summary>The files that are the same for every container.</summary>
    public required ContainerFiles Files { get; init; }

    /// <summary>
    /// The limits that the node enforces, out of <c>cpu</c>, <c>memory</c>, <c>pids</c> and <c>ephemeralStorage</c>. Other limits are
    /// omitted and the container is labelled.
    /// </summary>
    public required IReadOnlyCollection<string> EnforcedLimits { get; init; }
}
