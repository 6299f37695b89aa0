using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>events.k8s.io/v1 EventSeries.</summary>
public sealed record EventSeries
{
    /// <summary>How often it was seen, at least 2.</summary>
    public int Count { get; set; }

    /// <summary>When it was last seen.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset LastObservedTime { get; set; }
}
