using Stromboli.Crds.Schema;

namespace Stromboli.Crds.Runs;

/// <summary>
/// A receiver that is told of the run's events. Each event is one POST with a CloudEvent in JSON, signed as Standard Webhooks specifies. It
/// is repeated with growing waits, for about three days, until the receiver answers with 2xx.
/// </summary>
public sealed record WebhookSpec
{
    /// <summary>url is the https address of the receiver. Redirects are not followed.</summary>
    [RequiredField]
    [TextLength(1, RunLimits.Url)]
    [Pattern(Patterns.WebhookUrl, Messages.WebhookUrl)]
    public string? Url { get; init; }

    /// <summary>
    /// secretRef selects the key of a Secret that holds the signing secret: whsec_ and the base64 of 24 to 64 bytes. During a rotation it
    /// holds two of them, the new one first, separated by a space; then each delivery has both signatures. The Secret needs the annotation
    /// stromboli.dev/use-as: webhook. While it is missing or not valid, the delivery waits and status.webhooks says so.
    /// </summary>
    [RequiredField]
    public KeyReference? SecretRef { get; init; }

    /// <summary>
    /// events are the events to deliver: Started (the agent runs for the first time), Succeeded, Failed and Cancelled. If unset, they are
    /// Succeeded, Failed and Cancelled.
    /// </summary>
    [Items(RunLimits.WebhookEvents, Min = 1, TextMin = 1, TextMax = RunLimits.WebhookEvent)]
    [OneOf(WebhookEvents.Started, WebhookEvents.Succeeded, WebhookEvents.Failed, WebhookEvents.Cancelled)]
    public List<string>? Events { get; init; }
}

/// <summary>The events that webhooks are told of.</summary>
public static class WebhookEvents
{
    /// <summary>The agent of the run runs for the first time.</summary>
    public const string Started = "Started";

    /// <summary>The run has ended well.</summary>
    public const string Succeeded = "Succeeded";

    /// <summary>The run has failed.</summary>
    public const string Failed = "Failed";

    /// <summary>The run was cancelled.</summary>
    public const string Cancelled = "Cancelled";

    /// <summary>The events of a webhook that names none.</summary>
    public static IReadOnlyList<string> Ends { get; } = [Succeeded, Failed, Cancelled];
}
