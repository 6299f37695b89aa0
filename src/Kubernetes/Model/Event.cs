using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>events.k8s.io/v1 Event.</summary>
public sealed record Event : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "events.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Event";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>When the event first occurred.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; set; }

    /// <summary>Repetitions, if there were any.</summary>
    public EventSeries? Series { get; set; }

    /// <summary>The controller that reports, such as <c>stromboli.dev/operator</c>.</summary>
    public string? ReportingController { get; set; }

    /// <summary>The process that reports; at most 128 bytes.</summary>
    public string? ReportingInstance { get; set; }

    /// <summary>What was done, in CamelCase; at most 128 bytes.</summary>
    public string? Action { get; set; }

    /// <summary>Why, in CamelCase; at most 128 bytes.</summary>
    public string? Reason { get; set; }

    /// <summary>The object that the event is about.</summary>
    public ObjectReference? Regarding { get; set; }

    /// <summary>A second object, if any.</summary>
    public ObjectReference? Related { get; set; }

    /// <summary>A sentence for a person; at most 1 KiB.</summary>
    public string? Note { get; set; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string? Type { get; set; }
}

/// <summary>events.k8s.io/v1 EventSeries.</summary>
public sealed record EventSeries
{
    /// <summary>Number of occurrences, at least 2.</summary>
    public int Count { get; set; }

    /// <summary>When the event last occurred.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset LastObservedTime { get; set; }
}
