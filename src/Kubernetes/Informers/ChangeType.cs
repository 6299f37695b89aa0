namespace Stromboli.Kubernetes;

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
