using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.PodStatus; only what is used.</summary>
public sealed record PodStatus
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string? Phase { get; set; }

    /// <summary>Its main address.</summary>
    [JsonPropertyName("podIP")]
    public string? PodIP { get; set; }
}
