using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// Whose number the agent has. As a rule a number of the workspace's own out of the engine's subordinate range, so that who gets out is
/// nobody. To write a directory of the node it must be the engine's own user: such a container has a user namespace of its own, in which
/// that user has a number of its choice (<c>keep-id</c>).
/// </summary>
/// <param name="InContainer">User and group in the container.</param>
/// <param name="VolumeOwner">The same as the engine numbers it, for volumes.</param>
/// <param name="IsEngineUser">Whether it is the engine's own user.</param>
internal sealed record AgentUser(int InContainer, int VolumeOwner, bool IsEngineUser)
{
    /// <summary>
    /// The engine's own user in a container, the same for all: the engine keeps a copy of an image for each mapping, and makes it when the
    /// image is first used with it. Not 0, as which the CLI refuses to skip permissions.
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
