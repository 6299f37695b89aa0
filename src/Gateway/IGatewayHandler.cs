namespace Stromboli.Gateway;

/// <summary>What a gateway does with the requests of its runs. May throw: the server cuts the connection then.</summary>
/// <typeparam name="TRun">The gateway's runs.</typeparam>
internal interface IGatewayHandler<in TRun>
{
    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="run">The run whose socket it came by.</param>
    Task HandleAsync(HttpContext context, TRun run);

    /// <summary>Refuses, in the protocol's own words, a request that is no HTTP or too large.</summary>
    /// <param name="context">The request; nothing has been answered yet.</param>
    /// <param name="status">The HTTP status.</param>
    Task RefuseMalformedAsync(HttpContext context, int status);
}
