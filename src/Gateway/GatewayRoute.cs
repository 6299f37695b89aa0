namespace Stromboli.Gateway;

/// <summary>What the gateway does with a request.</summary>
internal enum GatewayRoute
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
