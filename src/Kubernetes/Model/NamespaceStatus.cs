namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.NamespaceStatus.</summary>
public sealed record NamespaceStatus
{
    /// <summary><c>Active</c> or <c>Terminating</c>.</summary>
    public string? Phase { get; set; }
}
