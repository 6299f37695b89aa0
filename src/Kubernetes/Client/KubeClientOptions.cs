namespace Stromboli.Kubernetes;

/// <summary>Limits and identity of a <see cref="KubeClient"/>.</summary>
public sealed record KubeClientOptions
{
    /// <summary>Requests per second in the long run.</summary>
    public double QueriesPerSecond { get; init; } = 50;

    /// <summary>Requests that may be sent at once after a quiet period.</summary>
    public int Burst { get; init; } = 100;

    /// <summary>
    /// Retries of one request, at most. A request that is not idempotent is retried only if the server said that it did nothing (429, or
    /// 503 with <c>Retry-After</c>).
    /// </summary>
    public int MaxRetries { get; init; } = 5;

    /// <summary>Wait before the first retry; doubles each time, with jitter.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// If a server asks to wait longer than this, the request is not retried; the caller sees <see cref="ApiException.RetryAfter"/>.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for one try, until the whole answer is read. It does not limit watches, nor the time to get a credential.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Largest answer, or record of a watch, that is read, in bytes.</summary>
    public int MaxResponseBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The <c>User-Agent</c>.</summary>
    public string UserAgent { get; init; } = "stromboli";

    /// <summary>Field manager of writes that name none. If null, the API server derives it from the <c>User-Agent</c>.</summary>
    public string? FieldManager { get; init; }

    /// <summary>
    /// Called right before every try of a write, except the writes of leader election; it throws to forbid the write. It stops a leader
    /// that was paused past its lease: <c>BeforeWrite = () => elector.ThrowIfNotLeader()</c>.
    /// </summary>
    public Action? BeforeWrite { get; init; }
}
