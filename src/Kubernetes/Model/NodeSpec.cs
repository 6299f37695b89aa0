namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.NodeSpec; only what is used.</summary>
public sealed record NodeSpec
{
    /// <summary>Whether it is cordoned.</summary>
    public bool? Unschedulable { get; set; }
}
