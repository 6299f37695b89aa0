namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.Node; only what is used.</summary>
public sealed record Node : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Node";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>Whether it takes pods.</summary>
    public NodeSpec? Spec { get; set; }
}

/// <summary>corev1.NodeSpec; only what is used.</summary>
public sealed record NodeSpec
{
    /// <summary>Whether it is cordoned.</summary>
    public bool? Unschedulable { get; set; }
}
