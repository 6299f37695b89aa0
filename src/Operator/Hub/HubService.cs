using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Hub;

/// <summary>Opens the hub when this operator begins to lead, and closes all links when the process stops.</summary>
internal sealed partial class HubService(
    NodeHub hub,
    NodeRegistry registry,
    HubReadiness readiness,
    NodeEvents events,
    KubeClient client,
    IHostApplicationLifetime host,
    TimeProvider clock,
    ILogger<HubService> logger
) : IHostedService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    private Task _closing = Task.CompletedTask;

    /// <summary>Lets bridges connect: a step of the new leader.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var installation = await ReadInstallationAsync(cancellationToken);
        registry.LeadershipBegins();
        readiness.Open(installation);
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        hub.Fenced += events.Fenced;
        // The web server stops first and waits for its connections, so the links must close before any service stops.
        host.ApplicationStopping.Register(() => _closing = hub.CloseAsync(RefusalReason.NotLeader, "This operator is stopping."));
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _closing;

    private async Task<string> ReadInstallationAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var system = await client.GetAsync(BuiltIn.Namespaces, NamespacedName.Cluster("kube-system"), cancellationToken);
                return system.Metadata.Uid ?? throw new InvalidOperationException("The namespace kube-system has no UID.");
            }
            catch (ApiException e)
            {
                Log.NoInstallation(logger, e.Message);
                await Task.Delay(Retry, clock, cancellationToken);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Cannot read the namespace kube-system; trying again: {Message}")]
        public static partial void NoInstallation(ILogger logger, string message);
    }
}
