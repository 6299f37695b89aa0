namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.PodSpec; only what is used.</summary>
public sealed record PodSpec
{
    /// <summary>The node it is bound to.</summary>
    public string? NodeName { get; set; }

    /// <summary>The account it runs as.</summary>
    public string? ServiceAccountName { get; set; }
}
