using System.Net;

namespace Stromboli.Gateway.Model;

/// <summary>The headers of an answer that reach the agent. Those that name or describe the account behind the credential do not.</summary>
internal static class ResponseHeaders
{
    private static readonly string[] Allowed =
    [
        "content-type",
        "request-id",
        "retry-after",
        "retry-after-ms",
        "x-should-retry",
        "cache-control",
    ];

    /// <summary>Copies what may be copied.</summary>
    public static void Copy(HttpResponseMessage upstream, IHeaderDictionary headers, string credential)
    {
        foreach (var name in Allowed)
        {
            if (!upstream.Headers.TryGetValues(name, out var values) && !upstream.Content.Headers.TryGetValues(name, out values))
            {
                continue;
            }

            var value = string.Join(", ", values);
            if (!value.Contains(credential, StringComparison.OrdinalIgnoreCase) && value.All(c => c is >= ' ' and <= '~'))
            {
                headers[name] = value;
            }
        }

        // The credential is the gateway's, so a retry cannot succeed, and the CLI would retry for minutes.
        if (upstream.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            headers["x-should-retry"] = "false";
        }
    }
}
