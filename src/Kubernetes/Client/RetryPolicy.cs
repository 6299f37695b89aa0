using System.Net;

namespace Stromboli.Kubernetes;

/// <summary>Decides whether a failed request is tried again.</summary>
internal static class RetryPolicy
{
    /// <summary>The wait before the next try, or null to give up.</summary>
    /// <param name="options">Limits.</param>
    /// <param name="attempt">Number of the try that failed, from 1.</param>
    /// <param name="idempotent">Whether the request may be sent twice without harm.</param>
    /// <param name="failure">How it failed.</param>
    /// <param name="jitter">In [0, 1).</param>
    public static TimeSpan? Delay(KubeClientOptions options, int attempt, bool idempotent, ApiException failure, double jitter)
    {
        // The server shed the request before handling it.
        var shed =
            failure.StatusCode == HttpStatusCode.TooManyRequests
            || (failure.StatusCode == HttpStatusCode.ServiceUnavailable && failure.RetryAfter is not null);
        if (attempt > options.MaxRetries || !(shed || (idempotent && failure.IsTransient)) || failure.RetryAfter > options.MaxRetryAfter)
        {
            return null;
        }

        var backoff = options.RetryDelay * Math.Pow(2, attempt - 1) * (1 + (0.5 * jitter));
        return failure.RetryAfter > backoff ? failure.RetryAfter : backoff;
    }
}
