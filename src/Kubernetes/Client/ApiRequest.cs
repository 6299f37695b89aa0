namespace Stromboli.Kubernetes;

/// <summary>One request, as <see cref="Transport"/> takes it.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Path, RequestLabels Labels)
{
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>The media types that the answer may have; JSON if null.</summary>
    public string? Accept { get; init; }

    /// <summary>Whether the request may be sent twice without harm. An idempotent POST stores nothing.</summary>
    public bool Idempotent { get; init; }

    /// <summary>Largest answer that is read, in bytes, if that is less than what the client allows.</summary>
    public int? MaxResponseBytes { get; init; }

    /// <summary>
    /// For leader election: the request bypasses the rate limiter and the write guard, is never retried, and ends after this time.
    /// </summary>
    public TimeSpan? ElectionTimeout { get; init; }
}
