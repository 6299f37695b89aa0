using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>One record of a watch. The server's ERROR records come as <see cref="ApiException"/>.</summary>
/// <typeparam name="T">The watched kind.</typeparam>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after it (before it, for a deletion); null for a bookmark, and for an object that cannot be
/// read.</param>
/// <param name="ResourceVersion">The version that the watch has reached.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, string ResourceVersion)
    where T : class, IKubernetesObject
{
    /// <summary>The object, if it is one that cannot be read.</summary>
    public UnreadableObject? Unreadable { get; init; }
}
