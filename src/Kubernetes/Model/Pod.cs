namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.Pod; only what is used.</summary>
public sealed record Pod : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Pod";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>The node of the pod.</summary>
    public PodSpec? Spec { get; set; }

    /// <summary>Its phase.</summary>
    public PodStatus? Status { get; set; }
}

/// <summary>corev1.PodSpec; only what is used.</summary>
public sealed record PodSpec
{
    /// <summary>The node it is bound to.</summary>
    public string? NodeName { get; set; }
}

/// <summary>corev1.PodStatus; only what is used.</summary>
public sealed record PodStatus
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string? Phase { get; set; }
}
