using Stromboli.NodeLink.Messages;

namespace Stromboli.Operator.Nodes;

/// <summary>
/// Hands a link's reports on, and drops and counts those that are not on record for its node: one line in the log for each attempt.
/// </summary>
internal sealed partial class LinkReports
{
    // A link that lies about more attempts than this has been named often enough.
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

    /// <summary>Takes one report. One caller at a time.</summary>
    public void Take(AttemptObservation observation)
    {
        // What is collected is on record. If the record is lost, the snapshot asks for the attempt again, and its bridge reports the end
        // anew.
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
