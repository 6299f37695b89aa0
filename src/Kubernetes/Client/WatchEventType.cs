namespace Stromboli.Kubernetes;

/// <summary>Kinds of <see cref="WatchEvent{T}"/>.</summary>
public enum WatchEventType
{
    /// <summary>The object is new to the watch.</summary>
    Added,

    /// <summary>The object changed.</summary>
    Modified,

    /// <summary>The object is gone, or no longer selected.</summary>
    Deleted,

    /// <summary>No change; the watch has come as far as this version.</summary>
    Bookmark,
}
