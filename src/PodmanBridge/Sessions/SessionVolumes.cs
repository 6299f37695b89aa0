using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Sessions;

/// <summary>HOME and workspace of sessions, as the engine has them.</summary>
internal sealed class SessionVolumes(IPodman podman, IInstallation installation, string node)
{
    /// <summary>Makes those that are not there.</summary>
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

    /// <summary>The first of them that is not there; null when all are.</summary>
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

    /// <summary>Removes both.</summary>
    /// <exception cref="PodmanException">Also while a container uses one.</exception>
    public async Task RemoveAsync(string uid, CancellationToken cancellationToken)
    {
        foreach (var volume in ContainerNames.Of(ID, "", 0, uid).Volumes)
        {
            await podman.Volumes.RemoveAsync(volume, cancellationToken);
        }
    }

    /// <summary>The session that a volume belongs to; null if it belongs to none.</summary>
    public static string? SessionOf(VolumeInspection volume) => volume.Labels?.GetValueOrDefault(ContainerLabels.SessionUID);

    private string ID => installation.ID ?? throw new InvalidOperationException("No operator has welcomed this bridge yet.");
}
