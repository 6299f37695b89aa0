using System.Net.Http.Headers;
using Microsoft.Extensions.Primitives;
using Stromboli.NodeLink.Messages;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>
/// The headers of a forwarded request: ours, and of the agent's only these, each in the one shape that it may have. Everything else of the agent's is
/// dropped: credentials under any name, cookies, forwarding and hop-by-hop headers, the client's telemetry.
/// </summary>
internal static class RequestHeaders
{
    private const string DefaultVersion = "2023-06-01";
    private const string OAuthBeta = "oauth-2025-04-20";
    private const int LongestUserAgent = 200;
    private const int LongestBeta = 64;
    private const int MostBetas = 32;

    /// <summary>Writes the headers of a request.</summary>
    public static void Write(HttpRequestHeaders headers, IHeaderDictionary agent, ModelOrigin origin)
    {
        headers.TryAddWithoutValidation("accept", agent.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase)
            ? "text/event-stream"
            : "application/json");
        headers.TryAddWithoutValidation("accept-encoding", "identity");
        headers.TryAddWithoutValidation("anthropic-version", Version(agent["anthropic-version"]));
        headers.TryAddWithoutValidation("user-agent", UserAgent(agent.UserAgent));
        var betas = Betas(agent["anthropic-beta"]);
        if (origin.Kind == CredentialKind.OAuthToken)
        {
            headers.TryAddWithoutValidation("authorization", "Bearer " + origin.Credential);
            betas = [.. betas.Where(beta => beta != OAuthBeta), OAuthBeta];
        }
        else
        {
            headers.TryAddWithoutValidation("x-api-key", origin.Credential);
        }

        if (betas.Count > 0)
            headers.TryAddWithoutValidation("anthropic-beta", string.Join(',', betas));
    }

    /// <summary>The betas that are named as betas are; others are left out.</summary>
    internal static IReadOnlyList<string> Betas(StringValues values) =>
    [
        .. values
            .SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Where(beta => beta.Length <= LongestBeta && beta.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            .Distinct()
            .Take(MostBetas),
    ];

    private static string Version(StringValues values) =>
        values.ToString() is { Length: 10 } version && version.All(c => char.IsAsciiDigit(c) || c == '-') ? version : DefaultVersion;

    private static string UserAgent(StringValues values)
    {
        var agent = values.ToString();
        return agent.Length is 0 or > LongestUserAgent || agent.Any(c => c is < ' ' or > '~') ? "stromboli" : agent;
    }
}
