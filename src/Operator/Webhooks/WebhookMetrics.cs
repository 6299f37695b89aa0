using System.Diagnostics.Metrics;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Webhooks;

/// <summary>The metrics of webhooks, in the meter <c>Stromboli.Operator</c>.</summary>
internal sealed class WebhookMetrics
{
    private readonly Counter<long> _attempts;
    private readonly Counter<long> _failures;

    public WebhookMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(HubMetrics.MeterName);
        _attempts = meter.CreateCounter<long>("stromboli.webhook.attempts", "{attempt}", "Attempts to deliver a webhook, by outcome.");
        _failures = meter.CreateCounter<long>("stromboli.webhook.failures", "{delivery}", "Deliveries of webhooks that were given up.");
        _failures.Add(0);
        foreach (var outcome in Enum.GetValues<DeliveryOutcome>())
        {
            _attempts.Add(0, Tag(outcome));
        }
    }

    public void Attempted(DeliveryOutcome outcome) => _attempts.Add(1, Tag(outcome));

    public void GaveUp() => _failures.Add(1);

    private static KeyValuePair<string, object?> Tag(DeliveryOutcome outcome) => new("outcome", outcome.ToString());
}
