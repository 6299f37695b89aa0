using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Stromboli.Gateway.Sockets;

/// <summary>
/// Feeds one HTTP server from many sockets. Kestrel binds its endpoints once, at start; here a socket opens and closes with each run. Every
/// connection carries the run whose socket accepted it, so that a request cannot claim to be another run's.
/// </summary>
internal sealed class GatewayTransport(ILoggerFactory loggers, TimeProvider clock)
    : IConnectionListenerFactory,
        IConnectionListenerFactorySelector,
        IConnectionListener
{
    private const int MostWaiting = 128;

    private readonly ILogger _logger = loggers.CreateLogger<RunSocket>();
    private readonly SocketConnectionContextFactory _contexts = new(
        new SocketConnectionFactoryOptions(),
        loggers.CreateLogger<GatewayTransport>()
    );
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateBounded<ConnectionContext>(MostWaiting);

    /// <inheritdoc/>
    public EndPoint EndPoint { get; } = new GatewayEndPoint();

    /// <summary>
    /// Opens a run's socket. The socket has mode 0666: the directory above it decides who can reach it, and <paramref name="peers"/>
    /// decides who is accepted.
    /// </summary>
    /// <param name="key">Names the run in logs.</param>
    /// <param name="path">The socket's path.</param>
    /// <param name="peers">Decides which connections are accepted.</param>
    /// <param name="mark">Stores the run in the features of each connection.</param>
    public RunSocket Listen(string key, string path, ISocketPeers peers, Action<IFeatureCollection> mark) =>
        RunSocket.Bind(key, path, peers, mark, _contexts, _accepted.Writer, _logger, clock);

    /// <inheritdoc/>
    public bool CanBind(EndPoint endpoint) => endpoint is GatewayEndPoint;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    /// <inheritdoc/>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_accepted.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _accepted.Writer.TryComplete();
        return default;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _accepted.Writer.TryComplete();
        while (_accepted.Reader.TryRead(out var connection))
        {
            await connection.DisposeAsync();
        }

        _contexts.Dispose();
    }
}

/// <summary>The only endpoint of a gateway's server. Behind it is a socket for each run.</summary>
internal sealed class GatewayEndPoint : EndPoint
{
    /// <inheritdoc/>
    public override string ToString() => "gateway";
}
