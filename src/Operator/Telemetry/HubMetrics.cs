using System.Diagnostics.Metrics;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Telemetry;

/// <summary>The metrics of the hub, in the meter <c>Stromboli.Operator</c>.</summary>
internal sealed class HubMetrics
{
    public const string MeterName = "Stromboli.Operator";

    private readonly Counter<long> _links;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _reports;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _leases;
    private readonly Counter<long> _statusWrites;
    private readonly Counter<long> _connectionsRefused;
    private readonly UpDownCounter<long> _connected;

    public HubMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _links = meter.CreateCounter<long>("stromboli.node.links", "{link}", "Links that began.");
        _connected = meter.CreateUpDownCounter<long>("stromboli.node.connected", "{node}", "Nodes that have a link.");
        _refusals = meter.CreateCounter<long>(
            "stromboli.node.refusals",
            "{link}",
            "Links that were refused or ended by the operator, by reason."
        );
        _connectionsRefused = meter.CreateCounter<long>(
            "stromboli.node.connections.refused",
            "{connection}",
            "Connections that were closed unheard, since their address or all together had too many."
        );
        _reports = meter.CreateCounter<long>("stromboli.node.reports", "{report}", "Reports of attempts that were taken.");
        _dropped = meter.CreateCounter<long>(
            "stromboli.node.reports.dropped",
            "{report}",
            "Reports of attempts that are not on record for the node that sent them."
        );
        _leases = meter.CreateCounter<long>("stromboli.node.leases", "{lease}", "Leases granted.");
        _statusWrites = meter.CreateCounter<long>("stromboli.node.status.writes", "{write}", "Writes of AgentNode status.");
    }

    /// <summary>
    /// Starts every counter at zero, because no alert can be written for a series that does not exist yet. Call it when an exporter
    /// listens.
    /// </summary>
    public void Begin()
    {
        foreach (var counter in new[] { _links, _connectionsRefused, _reports, _dropped, _leases, _statusWrites })
        {
            counter.Add(0);
        }

        _connected.Add(0);
        foreach (var reason in Enum.GetValues<RefusalReason>())
        {
            _refusals.Add(0, Tag(reason));
        }
    }

    public void LinkBegan()
    {
        _links.Add(1);
        _connected.Add(1);
    }

    public void LinkEnded() => _connected.Add(-1);

    public void Refused(RefusalReason reason) => _refusals.Add(1, Tag(reason));

    public void ConnectionRefused() => _connectionsRefused.Add(1);

    public void ReportTaken() => _reports.Add(1);

    public void ReportDropped() => _dropped.Add(1);

    public void LeaseGranted() => _leases.Add(1);

    public void StatusWritten() => _statusWrites.Add(1);

    private static KeyValuePair<string, object?> Tag(RefusalReason reason) => new("reason", reason.ToString());
}
