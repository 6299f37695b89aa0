using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>A change of a <see cref="Store{T}"/>. A deletion and a new object of the same name always come as two changes.</summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="Type">What happened.</param>
/// <param name="Old">The object before; null if it is new.</param>
/// <param name="New">The object now; null if it is gone.</param>
public sealed record StoreChange<T>(ChangeType Type, T? Old, T? New)
    where T : class, IKubernetesObject
{
    /// <summary>The newest known version of the object: after the change, or before its deletion.</summary>
    public T Object => New ?? Old!;

    /// <summary>
    /// Whether it is new, gone, being deleted, or its <c>metadata.generation</c> differs; a mere change of status or labels is not.
    /// </summary>
    public bool IsSpecChange =>
        Type != ChangeType.Modified
        || Old!.Metadata.Generation != New!.Metadata.Generation
        || Old.Metadata.DeletionTimestamp != New.Metadata.DeletionTimestamp;
}

/// <summary>How a store changed.</summary>
public enum ChangeType
{
    /// <summary>The object was not there before.</summary>
    Added,

    /// <summary>The object has another version.</summary>
    Modified,

    /// <summary>The object is gone.</summary>
    Deleted,
}
