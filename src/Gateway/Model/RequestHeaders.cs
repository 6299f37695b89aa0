using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Stromboli.NodeLink.Messages;

namespace Stromboli.Gateway.Model;

/// <summary>
/// The headers of a forwarded request: the gateway's own, and a few of the agent's, each in one permitted form. All others of the agent's
/// are dropped: credentials under any name, cookies, forwarding and hop-by-hop headers, the client's telemetry. <see cref="ReadBetas"/>
/// reads the betas first.
/// </summary>
internal static class RequestHeaders
{
    private const string DefaultVersion = "2023-06-01";
    private const string OAuthBeta = "oauth-2025-04-20";
    private const int LongestUserAgent = 200;
    private const int LongestBeta = 64;
    private const int MostBetas = 32;

    /// <summary>Writes the headers of a request.</summary>
    /// <param name="headers">Where they are written.</param>
    /// <param name="agent">The agent's.</param>
    /// <param name="betas">The betas that it may ask for.</param>
    /// <param name="upstream">Where the request goes.</param>
    public static void Write(HttpRequestHeaders headers, IHeaderDictionary agent, IReadOnlyList<string> betas, ModelUpstream upstream)
    {
        headers.TryAddWithoutValidation(
            "accept",
            agent.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase)
                ? "text/event-stream"
                : "application/json"
        );
        headers.TryAddWithoutValidation("accept-encoding", "identity");
        headers.TryAddWithoutValidation("anthropic-version", Version(agent["anthropic-version"]));
        headers.TryAddWithoutValidation("user-agent", UserAgent(agent.UserAgent));
        if (upstream.Kind == CredentialKind.OAuthToken)
        {
            headers.TryAddWithoutValidation("authorization", "Bearer " + upstream.Credential);
            betas = [.. betas.Where(beta => beta != OAuthBeta), OAuthBeta];
        }
        else
        {
            headers.TryAddWithoutValidation("x-api-key", upstream.Credential);
        }

        if (betas.Count > 0)
        {
            headers.TryAddWithoutValidation("anthropic-beta", string.Join(',', betas));
        }
    }

    /// <summary>
    /// The betas that the agent asks for, each once. Returns null and one sentence if the rules do not allow one of them.
    /// </summary>
    public static IReadOnlyList<string>? ReadBetas(StringValues values, RequestRules rules, out string problem)
    {
        problem = "";
        var betas = values
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Distinct()
            .Take(MostBetas + 1)
            .ToList();
        if (betas.Count > MostBetas)
        {
            problem = $"the anthropic-beta header has more than {MostBetas} values";
        }
        else if (betas.Find(beta => !rules.AllowsBeta(beta)) is { } unknown)
        {
            problem = Unknown(unknown);
        }

        return problem.Length == 0 ? betas : null;
    }

    // The API's own words. The CLI (2.1.x) learns from them which beta to leave out, and retries.
    private static string Unknown(string beta) =>
        beta.Length <= LongestBeta && beta.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? $"Unexpected value(s) `{beta}` for the `anthropic-beta` header: this gateway does not allow it"
            : "the anthropic-beta header has a value that is not the name of a beta";

    private static string Version(StringValues values) =>
        values.ToString() is { Length: 10 } version && version.All(c => char.IsAsciiDigit(c) || c == '-') ? version : DefaultVersion;

    private static string UserAgent(StringValues values)
    {
        var agent = values.ToString();
        return agent.Length is 0 or > LongestUserAgent || agent.Any(c => c is < ' ' or > '~') ? "stromboli" : agent;
    }
}
