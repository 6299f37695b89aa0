namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.Secret.</summary>
public sealed record Secret : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Secret";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>Values by key; base64 in JSON, plain here.</summary>
    public Dictionary<string, byte[]>? Data { get; set; }

    /// <summary>The type, such as <c>Opaque</c>.</summary>
    public string? Type { get; set; }

    /// <summary>Whether the data can no longer be changed.</summary>
    public bool? Immutable { get; set; }
}
