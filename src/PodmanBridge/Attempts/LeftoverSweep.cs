using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Removes containers, volumes and run directories of this node that belong to no known attempt. They are left over when the state
/// directory was lost, or when the engine completed a call that had been given up. Call this after a whole snapshot, when everything that
/// may be here is known.
/// </summary>
internal sealed partial class LeftoverSweep(
    IPodman podman,
    NodeAttempts attempts,
    NodeSessions sessions,
    IRequestContainers requests,
    ContainerSettings settings,
    ILogger<LeftoverSweep> logger
)
{
    /// <summary>Looks at everything of the node once.</summary>
    public async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            var labels = ContainerLabels.OfNode(await settings.Installation.WaitAsync(cancellationToken), settings.Node);
            foreach (var container in await podman.Containers.ListAsync(labels, cancellationToken))
            {
                var key = AttemptKey.FromLabels(container.Labels);
                if (IsLeftover(key) || (container.Names?.Any(ContainerNames.IsOfRequest) is true && IsLeftoverOfRequest(key)))
                {
                    Log.Removed(logger, "container", container.Names?.FirstOrDefault() ?? container.ID);
                    await podman.Containers.RemoveAsync(container.ID, cancellationToken);
                }
            }

            foreach (var volume in await podman.Volumes.ListAsync(labels, cancellationToken))
            {
                if (IsLeftover(AttemptKey.FromLabels(volume.Labels)) || sessions.IsLeftover(volume))
                {
                    Log.Removed(logger, "volume", volume.Name);
                    await podman.Volumes.RemoveAsync(volume.Name, cancellationToken);
                }
            }

            foreach (var directory in Directory.EnumerateDirectories(settings.RunRoot))
            {
                var name = Path.GetFileName(directory);
                var key = AttemptKey.FromName(name);
                if (IsLeftover(key) || (ContainerNames.IsOfRequest(name) && IsLeftoverOfRequest(key)))
                {
                    Log.Removed(logger, "run directory", directory);
                    Directory.Delete(directory, recursive: true);
                }
            }
        }
        catch (Exception e) when (e is PodmanException or IOException or UnauthorizedAccessException)
        {
            Log.Failed(logger, e.Message);
        }
    }

    private bool IsLeftoverOfRequest(AttemptKey? found) => found is { } key && requests.IsLeftover(key);

    private bool IsLeftover(AttemptKey? found) => found is { } key && attempts.Observe(key.UID, key.Attempt) is null;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Removed the {Kind} {Name}, of which no attempt knows")]
        public static partial void Removed(ILogger logger, string kind, string name);

        [LoggerMessage(LogLevel.Warning, "Could not look for leftovers; looked for again in a while: {Error}")]
        public static partial void Failed(ILogger logger, string error);
    }
}
