using System.Net.Sockets;
using System.Numerics;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Stromboli.Gateway.Sockets;

/// <summary>The socket of a run. It accepts connections, limits their number and passes them on marked with the run.</summary>
internal sealed partial class RunSocket : IAsyncDisposable
{
    /// <summary>How many connections a run may have at once. A further one is closed as soon as it is accepted.</summary>
    public const int MostConnections = 64;

    /// <summary>
    /// How many connections per second a run may make over a long time. Further ones wait to be accepted. A client that reuses its
    /// connections needs a few.
    /// </summary>
    public const int ConnectionsPerSecond = 100;

    /// <summary>How many connections a run may make at once after a quiet time.</summary>
    public const int ConnectionBurst = 500;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(200);

    private const UnixFileMode Everybody =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite;

    private readonly string _key;
    private readonly ISocketPeers _peers;
    private readonly Action<IFeatureCollection> _mark;
    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _contexts;
    private readonly ChannelWriter<ConnectionContext> _accepted;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly TokenBucket _rate;
    private readonly CancellationTokenSource _closing = new();
    private readonly Lock _lock = new();
    private readonly HashSet<ConnectionContext> _open = [];
    private readonly Task _accepting;
    private long _strangers;

    private RunSocket(
        string key,
        ISocketPeers peers,
        Action<IFeatureCollection> mark,
        Socket socket,
        SocketConnectionContextFactory contexts,
        ChannelWriter<ConnectionContext> accepted,
        ILogger logger,
        TimeProvider clock
    )
    {
        (_key, _peers, _mark, _socket, _contexts, _accepted, _logger, _clock) = (
            key,
            peers,
            mark,
            socket,
            contexts,
            accepted,
            logger,
            clock
        );
        _rate = new TokenBucket(ConnectionsPerSecond, ConnectionBurst, clock);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Binds a path; what a killed bridge left there goes first.</summary>
    public static RunSocket Bind(
        string key,
        string path,
        ISocketPeers peers,
        Action<IFeatureCollection> mark,
        SocketConnectionContextFactory contexts,
        ChannelWriter<ConnectionContext> accepted,
        ILogger logger,
        TimeProvider clock
    )
    {
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen(MostConnections);
            File.SetUnixFileMode(path, Everybody);
            return new RunSocket(key, peers, mark, socket, contexts, accepted, logger, clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops accepting and cuts what is open.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        await _accepting;
        ConnectionContext[] open;
        lock (_lock)
        {
            open = [.. _open];
        }

        foreach (var connection in open)
        {
            connection.Abort(new ConnectionAbortedException("the run is over"));
        }

        _closing.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                await AcceptOneAsync();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or ChannelClosedException)
            {
                // The run or the gateway is over.
                return;
            }
            catch (SocketException e) when (!_closing.IsCancellationRequested)
            {
                // Most likely there are too many open files, which is temporary.
                Log.AcceptFailed(_logger, e, _key);
                await Task.Delay(AcceptPause, _clock, CancellationToken.None);
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private async Task AcceptOneAsync()
    {
        while (!_rate.TryTake(out var wait))
        {
            await Task.Delay(wait, _clock, _closing.Token);
        }

        var socket = await _socket.AcceptAsync(_closing.Token);
        if (!await IsWelcomeAsync(socket))
        {
            socket.Dispose();
            return;
        }

        var connection = _contexts.Create(socket);
        _mark(connection.Features);
        lock (_lock)
        {
            _open.Add(connection);
        }

        connection.ConnectionClosed.Register(() => Forget(connection));
        await _accepted.WriteAsync(connection, _closing.Token);
    }

    private async Task<bool> IsWelcomeAsync(Socket socket)
    {
        try
        {
            if (!await _peers.AdmitsAsync(socket, _closing.Token))
            {
                // A refused process can connect as often as it likes, so the log grows with the logarithm of its attempts.
                if (BitOperations.IsPow2(++_strangers))
                {
                    Log.StrangerRefused(_logger, _key, _strangers);
                }

                return false;
            }
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        lock (_lock)
        {
            return _open.Count < MostConnections;
        }
    }

    private void Forget(ConnectionContext connection)
    {
        lock (_lock)
        {
            _open.Remove(connection);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Refused a process that is not of the container of {Run} on its gateway's socket; {Count} calls so far"
        )]
        public static partial void StrangerRefused(ILogger logger, string run, long count);

        [LoggerMessage(LogLevel.Warning, "A gateway socket of {Run} could not accept a connection")]
        public static partial void AcceptFailed(ILogger logger, Exception exception, string run);
    }
}
