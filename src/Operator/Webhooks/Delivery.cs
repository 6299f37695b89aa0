using Stromboli.Crds.Runs;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Webhooks;

/// <summary>One event of one run for one receiver.</summary>
/// <param name="Run">The namespace and name of the run.</param>
/// <param name="UID">The UID of the run.</param>
/// <param name="Webhook">The receiver and the key of its secret.</param>
/// <param name="Event">The event.</param>
/// <param name="Redelivery">The request for another delivery that this one follows; null for the first delivery.</param>
internal sealed record Delivery(NamespacedName Run, string UID, WebhookSpec Webhook, string Event, string? Redelivery)
{
    /// <summary>The identity of the delivery: it is made once at a time.</summary>
    public DeliveryKey Key => new(UID, Webhook.Url!, Event);

    /// <summary>The host and port of the receiver.</summary>
    public string Host { get; } =
        Uri.TryCreate(Webhook.Url, UriKind.Absolute, out var url) ? $"{url.IdnHost.ToLowerInvariant()}:{url.Port}" : "";
}

/// <summary>The identity of a delivery.</summary>
/// <param name="UID">The UID of the run.</param>
/// <param name="Url">The address of the receiver.</param>
/// <param name="Event">The event.</param>
internal readonly record struct DeliveryKey(string UID, string Url, string Event);

/// <summary>The end of an attempt that is not stored yet.</summary>
/// <param name="Delivery">The delivery.</param>
/// <param name="At">When the attempt ended.</param>
/// <param name="Result">What it came to.</param>
internal sealed record DeliveryEnd(Delivery Delivery, DateTimeOffset At, DeliveryResult Result);
