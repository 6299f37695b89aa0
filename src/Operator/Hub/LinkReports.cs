using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hub;

/// <summary>
/// Passes on the reports of a link. Drops and counts reports of attempts that are not on record for the node, and logs each such attempt
/// once.
/// </summary>
internal sealed partial class LinkReports
{
    // After this many attempts, further log lines about the same link are not useful.
    private const int MaxNamed = 100;

    private readonly HashSet<(string UID, int Attempt)> _named = [];
    private readonly string _node;
    private readonly IObservationSink _sink;
    private readonly HubMetrics _metrics;
    private readonly ILogger _logger;

    public LinkReports(string node, IObservationSink sink, HubMetrics metrics, ILogger logger)
    {
        _node = node;
        _sink = sink;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Takes one report. Only one caller at a time.</summary>
    public void Take(AttemptObservation observation)
    {
        // A collected attempt is on record. If the record is lost, the snapshot asks for the attempt, and the bridge reports its end
        // again.
        if (observation.Stage == AttemptStage.Collected)
        {
            return;
        }

        if (_sink.Observe(_node, observation))
        {
            _metrics.ReportTaken();
            return;
        }

        _metrics.ReportDropped();
        if (_named.Count < MaxNamed && _named.Add((observation.UID, observation.Attempt)))
        {
            Log.Dropped(_logger, _node, observation.Attempt, observation.UID);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Node {Node} reports attempt {Attempt} of run {UID}, which is not on record for it; the report is dropped"
        )]
        public static partial void Dropped(ILogger logger, string node, int attempt, string uid);
    }
}
