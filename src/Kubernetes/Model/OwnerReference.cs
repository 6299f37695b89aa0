namespace Stromboli.Kubernetes.Model;

/// <summary>metav1.OwnerReference.</summary>
public sealed record OwnerReference
{
    /// <summary>The owner's group and version.</summary>
    public string ApiVersion { get; set; } = "";

    /// <summary>The owner's kind.</summary>
    public string Kind { get; set; } = "";

    /// <summary>The owner's name, in the same namespace or cluster-scoped.</summary>
    public string Name { get; set; } = "";

    /// <summary>The owner's UID; the garbage collector goes by it.</summary>
    public string Uid { get; set; } = "";

    /// <summary>Whether this owner is the managing controller; at most one is.</summary>
    public bool? Controller { get; set; }

    /// <summary>Whether a foreground deletion of the owner waits for this object.</summary>
    public bool? BlockOwnerDeletion { get; set; }
}
