using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Stromboli.Gateway;

/// <summary>
/// Feeds one HTTP server from many sockets. Kestrel binds its endpoints once, at start; here a socket comes and goes with each run, and
/// every connection carries the run whose socket accepted it, so that who is asking never depends on what is asked.
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

    /// <summary>Opens a run's socket. It is mode 0666: the directory above it says who reaches it, and the peers who is heard.</summary>
    /// <param name="key">Names the run in logs.</param>
    /// <param name="path">Where the socket is.</param>
    /// <param name="peers">Who may call there.</param>
    /// <param name="mark">Puts the run on each connection.</param>
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
