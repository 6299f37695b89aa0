using System.Net;
using System.Net.Http.Headers;

namespace Stromboli.Operator.Webhooks;

/// <summary>
/// Judges the answer of a receiver by its status and headers, as Standard Webhooks 1.0.0 says; pure. Its body is never read.
/// </summary>
internal static class AnswerRules
{
    /// <summary>What the answer means.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="retryAfter">The header <c>Retry-After</c>; null if there is none.</param>
    /// <param name="now">The time.</param>
    public static DeliveryResult Judge(HttpStatusCode status, RetryConditionHeaderValue? retryAfter, DateTimeOffset now)
    {
        var code = (int)status;
        return code switch
        {
            >= 200 and < 300 => new() { Outcome = DeliveryOutcome.Delivered, StatusCode = code },
            410 => new()
            {
                Outcome = DeliveryOutcome.Gone,
                StatusCode = code,
                Error = "The receiver answered with 410: it does not want this webhook any more.",
            },
            _ => new()
            {
                Outcome = DeliveryOutcome.Failed,
                StatusCode = code,
                Error = code is >= 300 and < 400
                    ? $"The receiver answered with {code}. Redirects are not followed: name the final address in spec.webhooks."
                    : $"The receiver answered with {code}.",
                IsSlowDown = code is 429 or 502 or 504,
                RetryAfter = Wait(retryAfter, now),
            },
        };
    }

    private static TimeSpan? Wait(RetryConditionHeaderValue? retryAfter, DateTimeOffset now)
    {
        var wait = retryAfter?.Delta ?? (retryAfter?.Date - now);
        return wait > TimeSpan.Zero ? wait : null;
    }
}
