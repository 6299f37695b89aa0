namespace Stromboli.Kubernetes;

/// <summary>One request, before it is given to <see cref="Transport"/>.</summary>
internal sealed record ApiRequest(HttpMethod Method, string Path, RequestLabels Labels)
{
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Whether doing it twice does no harm; a POST that is so stores nothing.</summary>
    public bool Idempotent { get; init; }

    /// <summary>Largest answer that is read, in bytes, if that is less than what the client allows.</summary>
    public int? MaxResponseBytes { get; init; }

    /// <summary>Leader election: past the rate limiter and the write guard, never tried again, and bounded by this time.</summary>
    public TimeSpan? ElectionTimeout { get; init; }
}
