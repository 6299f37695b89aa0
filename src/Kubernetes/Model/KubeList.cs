namespace Stromboli.Kubernetes.Model;

/// <summary>One page of a list, as the API server sends it.</summary>
/// <typeparam name="T">The kind of its items.</typeparam>
public sealed record KubeList<T>
    where T : class, IKubernetesObject
{
    /// <summary>Group and version of the list.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Kind of the list, such as <c>SecretList</c>.</summary>
    public string? Kind { get; set; }

    /// <summary>Version and continuation.</summary>
    public ListMeta Metadata { get; set; } = new();

    /// <summary>The items; a server may send null instead of an empty list.</summary>
    public List<T> Items { get; set; } = [];
}

/// <summary>metav1.ListMeta.</summary>
public sealed record ListMeta
{
    /// <summary>The version of the snapshot; a watch starts from it.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Token of the next page; empty or absent on the last.</summary>
    public string? Continue { get; set; }
}
