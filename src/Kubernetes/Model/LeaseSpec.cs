using System.Text.Json.Serialization;

namespace Stromboli.Kubernetes.Model;

/// <summary>coordination/v1 LeaseSpec.</summary>
public sealed record LeaseSpec
{
    /// <summary>The holder; absent or empty when released.</summary>
    public string? HolderIdentity { get; set; }

    /// <summary>Seconds after the last renewal for which others must wait.</summary>
    public int? LeaseDurationSeconds { get; set; }

    /// <summary>When the present holder took it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? AcquireTime { get; set; }

    /// <summary>When the present holder last renewed it.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? RenewTime { get; set; }

    /// <summary>Grows with every change of holder.</summary>
    public int? LeaseTransitions { get; set; }
}
