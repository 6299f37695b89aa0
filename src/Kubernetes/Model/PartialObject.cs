namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.PartialObjectMetadata: any object, only its metadata.</summary>
public sealed record PartialObject : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "";

    /// <inheritdoc/>
    public string Kind { get; set; } = "";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();
}
