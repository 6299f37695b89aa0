using System.Diagnostics;
using System.Diagnostics.Metrics;
using Stromboli.Crds.Runs;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Pricing;
using Stromboli.Telemetry.Metrics;

namespace Stromboli.Operator.Telemetry;

/// <summary>
/// The metrics of runs, in the meter <c>Stromboli.Operator</c>. They are counted from the statuses that this operator stored, so that a
/// change counts once. A tenant chooses no label: namespaces beyond <see cref="MaxNamespaces"/> and models without a price are
/// <c>other</c>.
/// </summary>
internal sealed class RunMetrics
{
    /// <summary>How many namespaces have series of their own; the others share one.</summary>
    public const int MaxNamespaces = 200;

    private static readonly string[] TokenTypes = ["input", "output", "cache_read", "cache_creation"];
    private static readonly RunPhase[] Outcomes = [RunPhase.Succeeded, RunPhase.Failed, RunPhase.Cancelled];

    private readonly BoundedLabel _namespaces = new(MaxNamespaces);
    private readonly IReadOnlyList<ModelPrice> _prices;
    private readonly Counter<long> _accepted;
    private readonly Counter<long> _finished;
    private readonly Counter<long> _ofNamespace;
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _attemptsEnded;
    private readonly Counter<long> _tokens;
    private readonly Counter<double> _cost;
    private readonly Histogram<double> _queueWait;
    private readonly Histogram<double> _start;
    private readonly Histogram<double> _duration;

    /// <param name="meters">Creates the meter.</param>
    /// <param name="prices">The models that have a name in metrics.</param>
    /// <param name="queue">How many runs wait for a node, by reason.</param>
    public RunMetrics(IMeterFactory meters, IReadOnlyList<ModelPrice> prices, Func<IReadOnlyDictionary<RunReason, int>> queue)
    {
        _prices = prices;
        var meter = meters.Create(HubMetrics.MeterName);
        _accepted = meter.CreateCounter<long>("stromboli.runs.accepted", "{run}", "Runs that got their first status.");
        _finished = meter.CreateCounter<long>("stromboli.runs.finished", "{run}", "Runs that ended, by outcome and reason.");
        _ofNamespace = meter.CreateCounter<long>(
            "stromboli.namespace.runs.finished",
            "{run}",
            "Runs that ended, by namespace and outcome."
        );
        _attempts = meter.CreateCounter<long>("stromboli.attempts.started", "{attempt}", "Attempts that came on record.");
        _attemptsEnded = meter.CreateCounter<long>("stromboli.attempts.ended", "{attempt}", "Attempts that ended, by reason.");
        _tokens = meter.CreateCounter<long>(
            "stromboli.tokens",
            "{token}",
            "Tokens that ended attempts used, by namespace, model and type. The model is the one that answered most."
        );
        _cost = meter.CreateCounter<double>(
            "stromboli.cost_usd",
            unit: null,
            "US dollars that ended attempts cost, by namespace and model. Attempts without a known price are left out."
        );
        _queueWait = meter.CreateHistogram(
            "stromboli.queue.wait",
            "s",
            "From the creation of a run until its first attempt is on record. Kubernetes stores the creation in whole seconds.",
            tags: null,
            Buckets.Waits
        );
        _start = meter.CreateHistogram(
            "stromboli.run.start",
            "s",
            "From the creation of a run until its agent starts, for first attempts.",
            tags: null,
            Buckets.Waits
        );
        _duration = meter.CreateHistogram(
            "stromboli.run.duration",
            "s",
            "From the creation of a run until its end, by outcome.",
            tags: null,
            Buckets.Work
        );
        meter.CreateObservableGauge("stromboli.queue.length", () => Lengths(queue()), "{run}", "Runs that wait for a node, by reason.");
    }

    /// <summary>
    /// Starts the counters at zero whose labels are known, because no alert can be written for a series that does not exist yet.
    /// </summary>
    public void Begin()
    {
        _accepted.Add(0);
        _attempts.Add(0);
        foreach (var reason in Enum.GetValues<RunReason>())
        {
            _attemptsEnded.Add(0, Label("reason", reason));
            foreach (var outcome in Outcomes.Where(outcome => IsPossible(outcome, reason)))
            {
                _finished.Add(0, Label("outcome", outcome), Label("reason", reason));
            }
        }
    }

    /// <summary>A run got its first status.</summary>
    public void Accepted() => _accepted.Add(1);

    /// <summary>An attempt came on record.</summary>
    /// <param name="wait">How long the run waited for its first attempt; null for a further attempt.</param>
    public void AttemptStarted(TimeSpan? wait)
    {
        _attempts.Add(1);
        if (wait is { } waited)
        {
            _queueWait.Record(Seconds(waited));
        }
    }

    /// <summary>The agent of a first attempt started.</summary>
    public void AgentStarted(TimeSpan sinceCreation) => _start.Record(Seconds(sinceCreation));

    /// <summary>An attempt ended.</summary>
    /// <param name="before">The run before that.</param>
    /// <param name="stored">The run with the end.</param>
    /// <param name="reason">Why it ended.</param>
    public void AttemptEnded(AgentRun before, AgentRun stored, RunReason? reason)
    {
        _attemptsEnded.Add(1, Label("reason", reason ?? RunReason.Crashed));
        if (stored.Status?.Usage is not { } usage)
        {
            return;
        }

        var was = before.Status?.Usage;
        var labels = new TagList
        {
            { "namespace", _namespaces.Of(stored.Metadata.Namespace) },
            { "model", ModelPrices.LabelOf(_prices, stored.Status.Model) },
        };
        long[] tokens =
        [
            Growth(was?.InputTokens, usage.InputTokens),
            Growth(was?.OutputTokens, usage.OutputTokens),
            Growth(was?.CacheReadTokens, usage.CacheReadTokens),
            Growth(was?.CacheCreationTokens, usage.CacheCreationTokens),
        ];
        foreach (var (type, count) in TokenTypes.Zip(tokens))
        {
            _tokens.Add(count, [.. labels, new("type", type)]);
        }

        if (Dollars.Parse(usage.CostUSD) is { } cost)
        {
            _cost.Add((double)Math.Max(0, cost - (Dollars.Parse(was?.CostUSD) ?? 0)), labels);
        }
    }

    /// <summary>A run ended.</summary>
    public void Finished(AgentRun run, TimeSpan sinceCreation)
    {
        var outcome = RunPhases.Derive(run.Status?.Conditions);
        _finished.Add(1, Label("outcome", outcome), Label("reason", run.Status?.Reason ?? RunReason.Crashed));
        _ofNamespace.Add(1, new("namespace", _namespaces.Of(run.Metadata.Namespace)), Label("outcome", outcome));
        _duration.Record(Seconds(sinceCreation), Label("outcome", outcome));
    }

    private static bool IsPossible(RunPhase outcome, RunReason reason) =>
        outcome switch
        {
            RunPhase.Succeeded => reason == RunReason.Completed,
            RunPhase.Cancelled => reason == RunReason.Cancelled,
            _ => reason is not (RunReason.Completed or RunReason.Cancelled),
        };

    private static IEnumerable<Measurement<int>> Lengths(IReadOnlyDictionary<RunReason, int> lengths) =>
        Placement.Select(reason => new Measurement<int>(lengths.GetValueOrDefault(reason), Label("reason", reason)));

    // The reasons for which the scheduler lets a run wait.
    private static readonly RunReason[] Placement =
    [
        RunReason.Queued,
        RunReason.WaitingForNode,
        RunReason.NoNodeMatches,
        RunReason.LimitsNotEnforceable,
    ];

    private static long Growth(long? before, long? now) => Math.Max(0, (now ?? 0) - (before ?? 0));

    // The clocks of the API server and of this machine may differ.
    private static double Seconds(TimeSpan time) => Math.Max(0, time.TotalSeconds);

    private static KeyValuePair<string, object?> Label<T>(string name, T value)
        where T : struct, Enum => new(name, value.ToString());
}
