using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>coordination/v1 Lease.</summary>
public sealed record Lease : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "coordination.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Lease";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>The holder and its times.</summary>
    public LeaseSpec Spec { get; set; } = new();
}

/// <summary>coordination/v1 LeaseSpec.</summary>
public sealed record LeaseSpec
{
    /// <summary>The holder; absent or empty when released.</summary>
    public string? HolderIdentity { get; set; }

    /// <summary>Seconds after the last renewal for which others must wait.</summary>
    public int? LeaseDurationSeconds { get; set; }

    /// <summary>When the current holder took the Lease.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; set; }

    /// <summary>When the current holder last renewed the Lease.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; set; }

    /// <summary>Grows with every change of holder.</summary>
    public int? LeaseTransitions { get; set; }
}
