using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// The user number of the agent. Normally it is the workspace's own number from the engine's subordinate range, so that an agent that
/// escapes has no rights on the node. An agent that writes a directory of the node must be the engine's own user. Its container has a
/// separate user namespace, in which we choose that user's number (<c>keep-id</c>).
/// </summary>
/// <param name="InContainer">User and group in the container.</param>
/// <param name="VolumeOwner">The number of the same user outside the container, as the engine counts, for volumes.</param>
/// <param name="IsEngineUser">Whether the agent runs as the engine's own user.</param>
internal sealed record AgentUser(int InContainer, int VolumeOwner, bool IsEngineUser)
{
    /// <summary>
    /// The number of the engine's own user in a container. It is the same for all containers, because the engine keeps a copy of an image
    /// for each mapping and makes that copy when the image is first used with it. The number is not 0, because the CLI refuses to skip
    /// permissions as root.
    /// </summary>
    public const int EngineUser = 1000;

    /// <summary>The user namespace of a container whose agent is the engine's user.</summary>
    public static NamespaceMode KeepID { get; } = new() { Mode = "keep-id", Value = $"uid={EngineUser},gid={EngineUser}" };

    /// <summary>The engine's own user namespace: the default mapping of a rootless Podman.</summary>
    public static NamespaceMode Default { get; } = new() { Mode = "host" };

    /// <summary>The user of an attempt.</summary>
    /// <param name="spec">What runs.</param>
    /// <param name="number">The workspace's own number.</param>
    public static AgentUser Of(AttemptSpec spec, int number) =>
        spec.WorkspaceHostPath is not null || spec.Volumes.Any(volume => !volume.ReadOnly)
            ? new(EngineUser, 0, IsEngineUser: true)
            : new(number, number, IsEngineUser: false);
}
