namespace Stromboli.Kubernetes;

/// <summary>Bounds and identity of a <see cref="KubeClient"/>.</summary>
public sealed record KubeClientOptions
{
    /// <summary>Requests a second that may be sent in the long run.</summary>
    public double QueriesPerSecond { get; init; } = 50;

    /// <summary>Requests that may be sent at once after a quiet time.</summary>
    public int Burst { get; init; } = 100;

    /// <summary>
    /// How often one request is tried again, at most. What is not idempotent is tried again only if the server said that it did nothing
    /// (429, or 503 with <c>Retry-After</c>).
    /// </summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>First wait between tries; doubles each time, with jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// A server that asks to wait longer than this gets no second try; the caller sees <see cref="ApiException.RetryAfter"/>.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for one try, until the whole answer is read; watches are not bounded by it.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest answer that is read, in bytes; also of one record of a watch.</summary>
    public int MaxResponseBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The <c>User-Agent</c>.</summary>
    public string UserAgent { get; init; } = "stromboli";

    /// <summary>Field manager of writes that name none; the API server takes it from the <c>User-Agent</c> if null.</summary>
    public string? FieldManager { get; init; }

    /// <summary>
    /// Asked right before every try of a write (not of lease writes by leader election); it throws to forbid it. A leader that was paused
    /// past its lease is stopped here: <c>BeforeWrite = () => elector.ThrowIfNotLeader()</c>.
    /// </summary>
    public Action? BeforeWrite { get; init; }
}
