using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Sessions;

/// <summary>HOME and workspace of sessions, as volumes of the engine.</summary>
internal sealed class SessionVolumes(IPodman podman, IInstallation installation, string node)
{
    /// <summary>Creates the volumes that do not exist.</summary>
    public Task MakeAsync(
        AttemptSession session,
        string @namespace,
        IReadOnlyList<SpecVolume> volumes,
        int owner,
        CancellationToken cancellationToken
    )
    {
        var labels = new Dictionary<string, string>(ContainerLabels.OfNode(ID, node))
        {
            [ContainerLabels.SessionUID] = session.UID,
            [ContainerLabels.Namespace] = @namespace,
            [ContainerLabels.Name] = session.Name,
        };
        return Task.WhenAll(volumes.Select(volume => podman.Volumes.CreateAsync(volume.Name, labels, owner, cancellationToken)));
    }

    /// <summary>The first volume that does not exist; null if all exist.</summary>
    public async Task<string?> MissingAsync(IReadOnlyList<SpecVolume> volumes, CancellationToken cancellationToken)
    {
        foreach (var volume in volumes)
        {
            if (await podman.Volumes.InspectAsync(volume.Name, cancellationToken) is null)
            {
                return volume.Name;
            }
        }

        return null;
    }

    /// <summary>Removes both volumes.</summary>
    /// <exception cref="PodmanException">The engine could not remove them, for example because a container uses one.</exception>
    public async Task RemoveAsync(string uid, CancellationToken cancellationToken)
    {
        foreach (var volume in ContainerNames.Of(ID, "", 0, uid).Volumes)
        {
            await podman.Volumes.RemoveAsync(volume, cancellationToken);
        }
    }

    /// <summary>The session that a volume belongs to; null if there is none.</summary>
    public static string? SessionOf(VolumeInspection volume) => volume.Labels?.GetValueOrDefault(ContainerLabels.SessionUID);

    private string ID => installation.ID ?? throw new InvalidOperationException("No operator has welcomed this bridge yet.");
}
