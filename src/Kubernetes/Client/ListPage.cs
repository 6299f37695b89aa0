using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">The kind of the items.</typeparam>
/// <param name="Metadata">Version of the list, and the token of the next page.</param>
/// <param name="Items">The items that can be read.</param>
/// <param name="Unreadable">The other items.</param>
public sealed record ListPage<T>(ListMeta Metadata, IReadOnlyList<T> Items, IReadOnlyList<UnreadableObject> Unreadable)
    where T : class, IKubernetesObject
{
    /// <summary>Size of the page, in bytes of JSON.</summary>
    internal int Bytes { get; init; }
}
