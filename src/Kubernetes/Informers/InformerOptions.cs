using Stromboli.Kubernetes.Model;

namespace Stromboli.Kubernetes;

/// <summary>What an <see cref="Informer{T}"/> selects and keeps, and how long it waits.</summary>
/// <typeparam name="T">The kind.</typeparam>
public sealed record InformerOptions<T>
    where T : class, IKubernetesObject
{
    /// <summary>Only this namespace; all if null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Label selector in the API's text form.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Items per page, at most.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Bytes per page, at most: a page of large objects has fewer items. A single object may be larger.</summary>
    public int PageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>
    /// Reduces an object to what is kept, to save memory. It must keep name, namespace, uid and resourceVersion of <c>metadata</c>, and
    /// must not change the object in place.
    /// </summary>
    public Func<T, T>? Transform { get; init; }

    /// <summary>The server ends each watch after this time and up to half as much again.</summary>
    public TimeSpan WatchTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The informer ends a watch on which nothing came for this long, not even a bookmark. Longer than the longest watch, or quiet kinds
    /// would be watched again needlessly.
    /// </summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromMinutes(8);

    /// <summary>First wait after a failure; doubles each time, with jitter.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Longest wait after a failure.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(30);
}
