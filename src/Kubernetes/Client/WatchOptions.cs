namespace Stromboli.Kubernetes;

/// <summary>What a watch selects, and from when.</summary>
public sealed record WatchOptions
{
    /// <summary>Only this namespace; all if null.</summary>
    public string? Namespace { get; init; }

    /// <summary>Label selector in the API's text form.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Field selector.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Everything after this version; if null, the server first sends what exists as <see cref="WatchEventType.Added"/>.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>The server ends the watch after this time.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The client ends the watch when nothing at all came for this long.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(330);
}
