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
