namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.LocalObjectReference: an object of the same namespace.</summary>
public sealed record LocalObjectReference
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";
}
