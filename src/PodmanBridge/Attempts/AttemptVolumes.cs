using Stromboli.NodeLink.Messages;
using Stromboli.Podman;
using Stromboli.Podman.Models;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>Workspace and HOME of attempts. An attempt of a session uses the volumes of the session.</summary>
internal sealed class AttemptVolumes(IPodman podman, NodeSessions sessions, ContainerSettings settings)
{
    /// <summary>Creates the volumes that a container needs.</summary>
    /// <param name="spec">What runs.</param>
    /// <param name="desired">The container that is about to be created.</param>
    /// <param name="owner">The user who owns the volumes.</param>
    /// <param name="cancellationToken">Cancels the creation.</param>
    /// <exception cref="RunRefusedException">The volumes of the session are gone.</exception>
    /// <exception cref="PodmanException">The engine reported an error.</exception>
    public Task MakeAsync(AttemptSpec spec, SpecGenerator desired, int owner, CancellationToken cancellationToken) =>
        spec.Session is { } session
            ? sessions.MakeVolumesAsync(session, spec.Namespace, desired.Volumes, owner, cancellationToken)
            : Task.WhenAll(
                desired.Volumes.Select(volume => podman.Volumes.CreateAsync(volume.Name, desired.Labels, owner, cancellationToken))
            );

    /// <summary>Removes the attempt's own volumes. Its container must be gone.</summary>
    /// <exception cref="PodmanException">The engine reported an error.</exception>
    public async Task RemoveAsync(AttemptKey key, CancellationToken cancellationToken)
    {
        foreach (var volume in settings.NamesOf(key).Volumes)
        {
            await podman.Volumes.RemoveAsync(volume, cancellationToken);
        }
    }
}
