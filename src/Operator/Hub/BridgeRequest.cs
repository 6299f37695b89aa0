using System.Text.RegularExpressions;
using Microsoft.Net.Http.Headers;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;

namespace Stromboli.Operator.Hub;

/// <summary>What every request of a bridge has: the node in its query, and a bearer token.</summary>
/// <param name="Node">The name of the node.</param>
/// <param name="Token">The token.</param>
internal sealed partial record BridgeRequest(string Node, string Token)
{
    private const string Bearer = "Bearer ";

    /// <summary>Reads the node and the token.</summary>
    /// <exception cref="LinkRefusedException">One of them is missing or malformed.</exception>
    public static BridgeRequest Read(HttpContext http)
    {
        var node = NodeOf(http) ?? throw new LinkRefusedException(RefusalReason.ProtocolError, "The query must name the node: ?node=NAME.");
        var authorization = http.Request.Headers[HeaderNames.Authorization].ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) && authorization.Length > Bearer.Length
            ? new(node, authorization[Bearer.Length..].Trim())
            : throw new LinkRefusedException(RefusalReason.Unauthenticated, "The request must have a bearer token.");
    }

    /// <summary>The node that the query names; null if that is not the name of a node.</summary>
    public static string? NodeOf(HttpContext http) =>
        http.Request.Query["node"].ToString() is { Length: <= 253 } name && NodeName().IsMatch(name) ? name : null;

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NodeName();
}
