namespace Stromboli.Gateway.Model;

/// <summary>
/// Matches routes by their exact bytes on the wire. Nothing is decoded or normalised, so that two parsers cannot disagree about a path.
/// </summary>
internal static class ModelRoutes
{
    /// <summary>What is done with a request line.</summary>
    public static ModelRoute Match(string method, string rawTarget) =>
        (method, rawTarget) switch
        {
            ("GET" or "HEAD", "/") => ModelRoute.Probe,
            ("POST", "/v1/messages" or "/v1/messages?beta=true") => ModelRoute.Messages,
            ("POST", "/v1/messages/count_tokens" or "/v1/messages/count_tokens?beta=true") => ModelRoute.CountTokens,
            _ => ModelRoute.None,
        };
}

/// <summary>What the gateway does with a request.</summary>
internal enum ModelRoute
{
    /// <summary>There is nothing here.</summary>
    None,

    /// <summary>The CLI asks whether anybody is there; answered here.</summary>
    Probe,

    /// <summary><c>POST /v1/messages</c>: forwarded, and on the ledger.</summary>
    Messages,

    /// <summary><c>POST /v1/messages/count_tokens</c>: forwarded; costs nothing.</summary>
    CountTokens,
}
