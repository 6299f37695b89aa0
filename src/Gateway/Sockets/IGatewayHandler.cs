namespace Stromboli.Gateway.Sockets;

/// <summary>Answers the requests of a gateway's runs. If it throws, the server cuts the connection.</summary>
/// <typeparam name="TRun">The gateway's runs.</typeparam>
internal interface IGatewayHandler<in TRun>
{
    /// <summary>Answers a request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="run">The run whose socket the request came through.</param>
    Task HandleAsync(HttpContext context, TRun run);

    /// <summary>Refuses, in the form of the gateway's protocol, a request that is malformed or too large.</summary>
    /// <param name="context">The request; nothing has been answered yet.</param>
    /// <param name="status">The HTTP status.</param>
    Task RefuseMalformedAsync(HttpContext context, int status);
}

/// <summary>A run at a gateway, as the server sees it.</summary>
internal interface IGatewayRun
{
    /// <summary>The run's name in logs.</summary>
    string Key { get; }

    /// <summary>The run's requests in progress.</summary>
    RequestCount Requests { get; }

    /// <summary>Cancelled when the run is over and its requests must stop.</summary>
    CancellationToken Over { get; }
}
