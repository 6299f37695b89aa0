namespace Stromboli.Gateway;

/// <summary>
/// The routes by their exact bytes on the wire. Nothing is decoded or normalised, so no two readers of a path can differ about it.
/// </summary>
internal static class GatewayRoutes
{
    /// <summary>What is done with a request line.</summary>
    public static GatewayRoute Match(string method, string rawTarget) =>
        (method, rawTarget) switch
        {
            ("GET" or "HEAD", "/") => GatewayRoute.Probe,
            ("POST", "/v1/messages" or "/v1/messages?beta=true") => GatewayRoute.Messages,
            ("POST", "/v1/messages/count_tokens" or "/v1/messages/count_tokens?beta=true") => GatewayRoute.CountTokens,
            _ => GatewayRoute.None,
        };
}
