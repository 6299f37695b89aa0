namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.ConfigMap.</summary>
public sealed record ConfigMap : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "ConfigMap";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>Text values by key.</summary>
    public Dictionary<string, string>? Data { get; set; }

    /// <summary>Binary values by key; base64 in JSON, plain here.</summary>
    public Dictionary<string, byte[]>? BinaryData { get; set; }
}
