using System.Net.Sockets;
using System.Numerics;
using Stromboli.Gateway.Sockets;

namespace Stromboli.PodmanBridge.Containers;

/// <summary>
/// A unix socket that any process may connect to and that serves one process. Connections of other processes are closed at once, whatever
/// the served process is doing.
/// </summary>
internal sealed partial class PeerListener : IDisposable
{
    private const int Backlog = 64;

    private const UnixFileMode Everybody =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite;

    /// <summary>
    /// The number of other processes' connections that are refused per second. Further connections wait, and cost the bridge no time
    /// meanwhile.
    /// </summary>
    private const int StrangersPerSecond = 1000;

    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(200);

    private readonly Socket _socket;
    private readonly ILogger _logger;
    private readonly TokenBucket _rate = new(StrangersPerSecond, StrangersPerSecond, TimeProvider.System);
    private long _strangers;

    private PeerListener(Socket socket, ILogger logger) => (_socket, _logger) = (socket, logger);

    /// <summary>Listens at a path. Replaces a socket that an earlier bridge left there.</summary>
    /// <exception cref="SocketException">The socket cannot be created.</exception>
    public static PeerListener Bind(string path, ILogger logger)
    {
        File.Delete(path);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, Everybody);
            socket.Listen(Backlog);
            return new PeerListener(socket, logger);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The next connection of one process, identified by the kernel. Connections of other processes are closed meanwhile.
    /// </summary>
    /// <exception cref="OperationCanceledException">The call was cancelled, or the listener is disposed.</exception>
    public async Task<Socket> AcceptAsync(int pid, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                var connection = await _socket.AcceptAsync(cancellationToken);
                if (PeerCredentials.Of(connection).Pid is var peer && peer == pid)
                {
                    return connection;
                }

                connection.Dispose();
                Refused(peer, pid);
                if (!_rate.TryTake(out var wait))
                {
                    await Task.Delay(wait, TimeProvider.System, cancellationToken);
                }
            }
            catch (SocketException e) when (!cancellationToken.IsCancellationRequested)
            {
                // The likely cause is too many open files, which is temporary.
                Log.AcceptFailed(_logger, e.Message);
                await Task.Delay(AcceptPause, TimeProvider.System, cancellationToken);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                throw new OperationCanceledException("The socket is closed.", e, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    // A refused process can connect as often as it likes. The number of its log entries grows with the logarithm of its connections.
    private void Refused(int peer, int expected)
    {
        if (BitOperations.IsPow2(++_strangers))
        {
            Log.StrangerRefused(_logger, peer, expected, _strangers);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Refused a process (pid {Pid}) that is not the shim (pid {Expected}) on a control socket; {Count} calls so far"
        )]
        public static partial void StrangerRefused(ILogger logger, int pid, int expected, long count);

        [LoggerMessage(LogLevel.Warning, "A control socket could not accept, and goes on: {Error}")]
        public static partial void AcceptFailed(ILogger logger, string error);
    }
}
