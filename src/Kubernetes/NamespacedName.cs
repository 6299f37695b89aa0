using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>Key of an object within its kind.</summary>
/// <param name="Namespace">Namespace; empty for cluster-scoped objects.</param>
/// <param name="Name">Name.</param>
public readonly record struct NamespacedName(string Namespace, string Name)
{
    /// <summary>The key of a cluster-scoped object.</summary>
    public static NamespacedName Cluster(string name) => new("", name);

    /// <summary>The key of this object.</summary>
    public static NamespacedName Of(IKubernetesObject target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new(target.Metadata.Namespace ?? "", target.Metadata.Name ?? "");
    }

    /// <summary>Reads <c>NAMESPACE/NAME</c> or <c>NAME</c>.</summary>
    public static NamespacedName Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? Cluster(text) : new(text[..slash], text[(slash + 1)..]);
    }

    /// <summary><c>NAMESPACE/NAME</c>, or <c>NAME</c> for a cluster-scoped object.</summary>
    public override string ToString() => string.IsNullOrEmpty(Namespace) ? Name : $"{Namespace}/{Name}";
}
