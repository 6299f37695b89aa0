using Stromboli.NodeLink.Messages;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Clones;

/// <summary>
/// The container of a clone. It is confined exactly as the agent's own, with the same user and limits. Of the volumes it has only the
/// workspace. Pure.
/// </summary>
internal static class CloneSpec
{
    /// <summary>What the bridge asks libpod to create.</summary>
    /// <param name="spec">The attempt.</param>
    /// <param name="inputs">
    /// The same as for the agent's container, with the clone's own image, run directory and log, and without the CLI.
    /// </param>
    /// <param name="image">The name of the image that contains git.</param>
    public static SpecGenerator Build(AttemptSpec spec, ContainerInputs inputs, string image)
    {
        var names = ContainerNames.Of(inputs.Installation, inputs.UID, inputs.Attempt, spec.Session?.UID);
        var whole = ContainerSpec.Build(
            spec with
            {
                Image = image,
                MountPath = CloneCommand.Workspace,
                Claude = null,
                Volumes = [],
            },
            inputs
        );
        return whole with { Name = names.Cloner, Volumes = [.. whole.Volumes.Where(volume => volume.Name == names.Workspace)] };
    }
}
