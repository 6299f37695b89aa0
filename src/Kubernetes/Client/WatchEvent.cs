using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>One record of a watch. The server's ERROR records come as <see cref="ApiException"/>.</summary>
/// <typeparam name="T">The watched kind.</typeparam>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after it (before it, for a deletion); null for a bookmark.</param>
/// <param name="ResourceVersion">The version that the watch has reached.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, string ResourceVersion)
    where T : class, IKubernetesObject;
