using System.Text.Json.Serialization;
using Stromboli.Crds.Schema;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Crds.Runs;

/// <summary>The delivery of one event to one receiver of spec.webhooks.</summary>
public sealed record WebhookDelivery
{
    /// <summary>url is the address of the receiver.</summary>
    [RequiredField]
    [TextLength(0, RunLimits.Url)]
    public string? Url { get; init; }

    /// <summary>event is the event that is delivered: Started, Succeeded, Failed or Cancelled.</summary>
    [RequiredField]
    [TextLength(0, RunLimits.WebhookEvent)]
    public string? Event { get; init; }

    /// <summary>id is the ID of the message: the header webhook-id, which is the same at every attempt.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? ID { get; init; }

    /// <summary>delivered is true once the receiver has answered with 2xx.</summary>
    public bool? Delivered { get; init; }

    /// <summary>
    /// failed is true once the operator has given up: after the last attempt of the schedule, or because the receiver answered with 410.
    /// The annotation stromboli.dev/redeliver-webhooks starts again.
    /// </summary>
    public bool? Failed { get; init; }

    /// <summary>attempts is the number of requests so far. A wait for the Secret does not count.</summary>
    [Bounds(0, int.MaxValue)]
    public int? Attempts { get; init; }

    /// <summary>lastStatusCode is the HTTP status of the last answer. Unset if the last attempt had no answer.</summary>
    [Bounds(0, 999)]
    public int? LastStatusCode { get; init; }

    /// <summary>lastError says why the last attempt did not succeed, or what the delivery waits for.</summary>
    [TextLength(0, StatusLimits.WebhookError)]
    public string? LastError { get; init; }

    /// <summary>dueTime is when the delivery became due: at the event, or when another delivery was asked for.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DueTime { get; init; }

    /// <summary>nextAttemptTime is when the next attempt is made. Unset if none follows.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? NextAttemptTime { get; init; }

    /// <summary>deliveredTime is when the receiver answered with 2xx.</summary>
    [JsonConverter(typeof(TimeConverter))]
    public DateTimeOffset? DeliveredTime { get; init; }

    /// <summary>redelivery is the value of the annotation stromboli.dev/redeliver-webhooks that this delivery follows.</summary>
    [TextLength(0, StatusLimits.Word)]
    public string? Redelivery { get; init; }
}
