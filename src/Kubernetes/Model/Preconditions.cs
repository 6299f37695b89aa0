namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.Preconditions.</summary>
public sealed record Preconditions
{
    /// <summary>The object must have this UID.</summary>
    public string? Uid { get; set; }

    /// <summary>The object must have this version.</summary>
    public string? ResourceVersion { get; set; }
}
