namespace Stromboli.Kubernetes.Model;

/// <summary>authentication/v1 TokenRequestSpec.</summary>
public sealed record TokenRequestSpec
{
    /// <summary>Audiences; empty means the API server.</summary>
    public List<string> Audiences { get; set; } = [];

    /// <summary>Lifetime asked for, in seconds, at least 600.</summary>
    public long? ExpirationSeconds { get; set; }

    /// <summary>Object whose deletion ends the token.</summary>
    public ObjectReference? BoundObjectRef { get; set; }
}
