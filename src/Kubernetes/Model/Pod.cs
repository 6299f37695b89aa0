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

    /// <summary>Where it runs and as whom.</summary>
    public PodSpec? Spec { get; set; }

    /// <summary>Its phase.</summary>
    public PodStatus? Status { get; set; }
}
