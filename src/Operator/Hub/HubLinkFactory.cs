using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Election;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hub;

/// <summary>Builds links with the parts that each link has of its own: its desired stream, its reports, and its guard.</summary>
internal sealed class HubLinkFactory(
    ILeadership leadership,
    IDesiredAttempts attempts,
    IObservationSink sink,
    NodeRegistry registry,
    LinkAccess access,
    LinkHandshake handshake,
    LeaseGranter leases,
    HubOptions options,
    HubMetrics metrics,
    TimeProvider clock,
    ILoggerFactory loggers
)
{
    private readonly ILogger<HubLink> _linkLogger = loggers.CreateLogger<HubLink>();
    private readonly ILogger<LinkGuard> _guardLogger = loggers.CreateLogger<LinkGuard>();

    /// <summary>Builds a link.</summary>
    /// <param name="channel">The channel, on which nothing has been received.</param>
    /// <param name="identity">The identity that the link was authorized with.</param>
    /// <param name="token">The token that the link was authorized with.</param>
    /// <param name="installation">The UID of the installation.</param>
    public HubLink Create(
        MessageChannel<OperatorMessage, BridgeMessage> channel,
        LinkIdentity identity,
        string token,
        string installation
    ) =>
        new(
            channel,
            identity,
            installation,
            new DesiredStream(identity.Node, channel, attempts, sink, leadership, _linkLogger),
            new LinkReports(identity.Node, sink, metrics, _linkLogger),
            new LinkGuard(identity, token, access, leadership, options, clock, _guardLogger),
            handshake,
            leases,
            leadership,
            registry,
            metrics,
            _linkLogger
        );
}
