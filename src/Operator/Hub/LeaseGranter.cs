using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Election;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hub;

/// <summary>Answers a bridge's pings with leases.</summary>
internal sealed class LeaseGranter(
    ILeadership leadership,
    NodeRegistry registry,
    NodeLeaseOptions options,
    HubMetrics metrics,
    TimeProvider clock
)
{
    /// <summary>Grants a lease, unless this operator does not lead.</summary>
    public void Grant(string node, Ping ping, MessageChannel<OperatorMessage, BridgeMessage> channel)
    {
        // The order matters. The timestamp comes first, because the bridge counts its lease from when it sent the ping. The leadership is
        // checked after that, so that the ping was sent while this operator led. The registry knows of the lease before the bridge can.
        var received = clock.GetTimestamp();
        if (!leadership.IsLeader)
        {
            return;
        }

        registry.LeaseGranted(node, received);
        metrics.LeaseGranted();
        channel.TrySend(
            new LeaseGrant
            {
                Epoch = leadership.Epoch,
                PingID = ping.PingID,
                DurationMs = (long)options.Duration.TotalMilliseconds,
            }
        );
    }
}
