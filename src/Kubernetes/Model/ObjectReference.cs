namespace Stromboli.Kubernetes.Model;

/// <summary>corev1.ObjectReference, as events and bound tokens use it.</summary>
public sealed record ObjectReference
{
    /// <summary>Group and version.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Kind.</summary>
    public string? Kind { get; set; }

    /// <summary>Namespace; absent for cluster-scoped objects.</summary>
    public string? Namespace { get; set; }

    /// <summary>Name.</summary>
    public string? Name { get; set; }

    /// <summary>UID.</summary>
    public string? Uid { get; set; }

    /// <summary>Version that the reference was made from.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>A reference to this object.</summary>
    public static ObjectReference To(IKubernetesObject target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new()
        {
            ApiVersion = target.ApiVersion,
            Kind = target.Kind,
            Namespace = target.Metadata.Namespace,
            Name = target.Metadata.Name,
            Uid = target.Metadata.Uid,
            ResourceVersion = target.Metadata.ResourceVersion,
        };
    }
}

/// <summary>corev1.LocalObjectReference: an object of the same namespace.</summary>
public sealed record LocalObjectReference
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";
}
