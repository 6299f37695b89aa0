using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Webhooks;

namespace Stromboli.Operator.Tests.Webhooks;

/// <summary>Runs and secrets for tests of webhooks.</summary>
internal static class WebhookCases
{
    public const string Uid = "3c6f3f0e-7a51-4d2b-9d3c-0a1b2c3d4e5f";
    public const string Url = "https://hooks.example.com/a";
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    public static DateTimeOffset Now { get; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static WebhookSpec Webhook(string url = Url, params string[] events) =>
        new()
        {
            Url = url,
            SecretRef = new KeyReference { Name = "hook", Key = "secret" },
            Events = events.Length > 0 ? [.. events] : null,
        };

    public static AgentRun Run(RunPhase phase, params WebhookSpec[] webhooks) =>
        new()
        {
            Metadata = new ObjectMeta
            {
                Name = "a.run",
                Namespace = "team",
                Uid = Uid,
                CreationTimestamp = Now.AddMinutes(-3),
            },
            Spec = new AgentRunSpec { Prompt = "hi", Webhooks = [.. webhooks] },
            Status = new AgentRunStatus
            {
                Phase = phase,
                AgentStartTime = phase is RunPhase.Pending or RunPhase.Queued or RunPhase.Preparing ? null : Now.AddMinutes(-2),
                CompletionTime = RunPhases.IsFinished(phase) ? Now.AddMinutes(-1) : null,
                Conditions = ConditionsOf(phase),
            },
        };

    public static AgentRun WithDeliveries(this AgentRun run, List<WebhookDelivery>? deliveries) =>
        deliveries is null ? run : run with { Status = run.Status! with { Webhooks = deliveries } };

    public static AgentRun AskedBy(this AgentRun run, string? value) =>
        run with
        {
            Metadata = run.Metadata with { Annotations = value is null ? null : new() { [RunAnnotations.RedeliverWebhooks] = value } },
        };

    public static Delivery DeliveryTo(string url = Url, string ns = "team", string uid = Uid) =>
        new(new(ns, "a.run"), uid, Webhook(url), WebhookEvents.Succeeded, Redelivery: null);

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static List<Condition> ConditionsOf(RunPhase phase)
    {
        var end = phase switch
        {
            RunPhase.Succeeded => (ConditionStatus.True, nameof(RunReason.Completed)),
            RunPhase.Failed => (ConditionStatus.False, nameof(RunReason.Crashed)),
            RunPhase.Cancelled => (ConditionStatus.False, nameof(RunReason.Cancelled)),
            _ => (ConditionStatus.Unknown, "NotFinished"),
        };
        return
        [
            Condition(RunConditions.Accepted, ConditionStatus.True, "Accepted"),
            Condition(RunConditions.Scheduled, ConditionStatus.True, "Scheduled"),
            Condition(RunConditions.Started, phase == RunPhase.Preparing ? ConditionStatus.False : ConditionStatus.True, "Started"),
            Condition(RunConditions.Succeeded, end.Item1, end.Item2),
        ];
    }

    private static Condition Condition(string type, string status, string reason) =>
        new()
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = "",
        };
}
