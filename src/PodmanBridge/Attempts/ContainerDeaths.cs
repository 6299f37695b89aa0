using Stromboli.Podman;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Attempts;

/// <summary>
/// Listens to the engine for deaths of our containers. The shim normally reports an agent's end first. This class notices containers that
/// were killed together with their shim. Podman sometimes loses events, so each new subscription looks at all containers once.
/// </summary>
internal sealed partial class ContainerDeaths(
    IPodman podman,
    NodeAttempts attempts,
    ContainerSettings settings,
    TimeProvider clock,
    ILogger<ContainerDeaths> logger
) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var labels = await LabelsAsync(stoppingToken);
                await foreach (var happened in podman.System.EventsAsync(labels, () => _ = LookAsync(labels, stoppingToken), stoppingToken))
                {
                    if (happened is { Action: "died", Actor: { ID: { } id } actor } && AttemptKey.FromLabels(actor.Attributes) is { } key)
                    {
                        attempts.OnContainerDied(key, id);
                    }
                }
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.EventsEnded(logger, e.Message);
            }

            await Task.Delay(Pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Before the first welcome there are no containers to listen for.
    private async Task<IReadOnlyDictionary<string, string>> LabelsAsync(CancellationToken cancellationToken) =>
        ContainerLabels.OfNode(await settings.Installation.WaitAsync(cancellationToken), settings.Node);

    private async Task LookAsync(IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var container in await podman.Containers.ListAsync(labels, cancellationToken))
            {
                if (container.State is "exited" or "stopped" && AttemptKey.FromLabels(container.Labels) is { } key)
                {
                    attempts.OnContainerDied(key, container.ID);
                }
            }
        }
        catch (Exception e) when (e is PodmanException or OperationCanceledException)
        {
            Log.EventsEnded(logger, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The engine's events ended: {Error}")]
        public static partial void EventsEnded(ILogger logger, string error);
    }
}
