using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>One record of a watch. The server's ERROR records are thrown as <see cref="ApiException"/>.</summary>
/// <typeparam name="T">The watched kind.</typeparam>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after it (before it, for a deletion); null for a bookmark, and for an object that cannot be
/// read.</param>
/// <param name="ResourceVersion">The version that the watch has reached.</param>
public sealed record WatchEvent<T>(WatchEventType Type, T? Object, string ResourceVersion)
    where T : class, IKubernetesObject
{
    /// <summary>The object, if it cannot be read.</summary>
    public UnreadableObject? Unreadable { get; init; }
}

/// <summary>Kinds of <see cref="WatchEvent{T}"/>.</summary>
public enum WatchEventType
{
    /// <summary>The object is new to the watch.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone, or no longer selected.</summary>
    Deleted,

    /// <summary>No change; the watch has reached this version.</summary>
    Bookmark,
}

/// <summary>
/// A stored object that does not fit its type here, because its schema allows more, or once did.
/// </summary>
/// <param name="Key">Its name.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="Problem">What cannot be read, and where.</param>
public sealed record UnreadableObject(NamespacedName Key, string? Uid, string Problem);
