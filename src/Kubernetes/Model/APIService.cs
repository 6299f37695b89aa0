namespace Stromboli.Kubernetes.Model;

/// <summary>apiregistration/v1 APIService: which server answers for a version of an API group. Only what we read and write.</summary>
public sealed record APIService : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "apiregistration.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "APIService";

    /// <inheritdoc/>
    public ObjectMeta Metadata { get; set; } = new();

    /// <summary>The server.</summary>
    public APIServiceSpec Spec { get; set; } = new();
}

/// <summary>apiregistration/v1 APIServiceSpec.</summary>
public sealed record APIServiceSpec
{
    /// <summary>The authorities that sign the server's certificate, as PEM; base64 in JSON, plain here.</summary>
    public byte[]? CaBundle { get; set; }
}
