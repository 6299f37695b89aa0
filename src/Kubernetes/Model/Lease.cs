namespace Stromboli.Kubernetes.Model;

/// <summary>coordination/v1 Lease.</summary>
public sealed record Lease : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "coordination.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Lease";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>Who holds it and since when.</summary>
    public LeaseSpec Spec { get; set; } = new();
}
