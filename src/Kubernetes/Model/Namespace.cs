namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.Namespace; only what is used.</summary>
public sealed record Namespace : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Namespace";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>Its phase.</summary>
    public NamespaceStatus? Status { get; set; }
}

/// <summary>corev1.NamespaceStatus.</summary>
public sealed record NamespaceStatus
{
    /// <summary><c>Active</c> or <c>Terminating</c>.</summary>
    public string? Phase { get; set; }
}
