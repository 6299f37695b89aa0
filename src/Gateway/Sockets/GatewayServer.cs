using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Stromboli.Gateway.Sockets;

/// <summary>
/// One HTTP server behind a Unix socket for each run. It passes each request to the handler together with the run whose socket the request
/// came through. It opens no port.
/// </summary>
/// <typeparam name="TRun">The gateway's runs.</typeparam>
internal sealed partial class GatewayServer<TRun> : IHttpApplication<HttpContext>, IAsyncDisposable
    where TRun : class, IGatewayRun
{
    private static readonly TimeSpan HeadersDeadline = TimeSpan.FromSeconds(30);

    private readonly IGatewayHandler<TRun> _handler;
    private readonly GatewayTransport _transport;
    private readonly KestrelServer _server;
    private readonly ILogger _logger;

    /// <summary>Creates a server that does not serve yet.</summary>
    /// <param name="handler">Answers the requests.</param>
    /// <param name="limits">The bounds of a request.</param>
    /// <param name="loggers">Where logs go.</param>
    /// <param name="clock">The clock.</param>
    public GatewayServer(IGatewayHandler<TRun> handler, GatewayLimits limits, ILoggerFactory loggers, TimeProvider clock)
    {
        _handler = handler;
        _logger = loggers.CreateLogger(handler.GetType());
        _transport = new GatewayTransport(loggers, clock);
        _server = new KestrelServer(Options.Create(Kestrel(limits)), _transport, loggers);
    }

    /// <summary>Begins to serve.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(this, cancellationToken);

    /// <summary>
    /// Opens a run's socket and replaces whatever is at its path. The socket has mode 0666: the directory above it decides who can reach
    /// it, and <paramref name="peers"/> decides who is accepted.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">The socket cannot be created.</exception>
    public RunSocket Listen(TRun run, string path, ISocketPeers peers) =>
        _transport.Listen(run.Key, path, peers, features => features.Set(run));

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // The features dispose of everything that the context holds.
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        var run = context.Features.Get<TRun>();
        if (run is null || !run.Requests.Enter())
        {
            context.Abort();
            return;
        }

        try
        {
            await _handler.HandleAsync(context, run);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await _handler.RefuseMalformedAsync(context, e.StatusCode);
        }
        catch (Exception e) when (IsOver(e, context, run))
        {
            // The client hung up or sent garbage, or the run is over. None of these is news for the node's administrator.
            context.Abort();
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, run.Key);
            context.Abort();
        }
        finally
        {
            run.Requests.Leave();
        }
    }

    /// <summary>Stops serving. Close the runs first, so that only idle connections are left.</summary>
    public async ValueTask DisposeAsync()
    {
        using (var now = new CancellationTokenSource())
        {
            await now.CancelAsync();
            await _server.StopAsync(now.Token);
        }

        _server.Dispose();
        await _transport.DisposeAsync();
    }

    private static bool IsOver(Exception e, HttpContext context, TRun run) =>
        e switch
        {
            BadHttpRequestException or ConnectionResetException or ConnectionAbortedException => true,
            OperationCanceledException or IOException => context.RequestAborted.IsCancellationRequested || run.Over.IsCancellationRequested,
            _ => false,
        };

    private static KestrelServerOptions Kestrel(GatewayLimits limits)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytes;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = HeadersDeadline;
        // The client may be stopped, short of processor time, or busy with what it has read. The code that writes the answer bounds how
        // long the client may take to read it.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(new GatewayEndPoint(), endpoint => endpoint.Protocols = HttpProtocols.Http1);
        return kestrel;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A request of {Run} failed in the gateway")]
        public static partial void Failed(ILogger logger, Exception exception, string run);
    }
}

/// <summary>The bounds of a request to a gateway.</summary>
/// <param name="BodyBytes">The largest body, in bytes.</param>
/// <param name="HeaderBytes">All headers together, in bytes.</param>
internal readonly record struct GatewayLimits(int BodyBytes, int HeaderBytes);
