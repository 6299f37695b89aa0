using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Stromboli.Gateway;

/// <summary>
/// One HTTP server behind a unix socket for each run, which takes every request to the handler in the name of the run whose socket it came
/// by. It opens no port.
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

    /// <summary>A server that does not serve yet.</summary>
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
    /// Opens a run's socket; what lies at its path is replaced. It is mode 0666: the directory above it says who reaches it, and the peers
    /// who is heard.
    /// </summary>
    /// <exception cref="System.Net.Sockets.SocketException">The socket cannot be made.</exception>
    public RunSocket Listen(TRun run, string path, ISocketPeers peers) =>
        _transport.Listen(run.Key, path, peers, features => features.Set(run));

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is held by the context that its features do not dispose of.
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
            // Who asked hung up or talks nonsense, or the run is over: none of it is news for who keeps the node.
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

    /// <summary>Stops serving. The runs are closed before: what is left are idle connections.</summary>
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
        // Who asks may be stopped, starved of processor time, or busy with what it has read; how late it may read is bounded where its
        // answer is written.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(new GatewayEndPoint(), endpoint => endpoint.Protocols = HttpProtocols.Http1);
        return kestrel;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "A request of {Run} failed in its gateway")]
        public static partial void Failed(ILogger logger, Exception exception, string run);
    }
}
