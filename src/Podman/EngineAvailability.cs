using System.Net.Sockets;

namespace Stromboli.Podman;

/// <summary>
/// Tells whether the engine listens on its socket. All calls that could not connect wait for one prober, so that an engine that is away
/// costs one connection attempt at a time, and all calls continue as soon as it is back.
/// </summary>
/// <param name="socketPath">The engine's socket.</param>
/// <param name="clock">The clock for the pauses between attempts.</param>
public sealed class EngineAvailability(string socketPath, TimeProvider clock) : IDisposable
{
    /// <summary>How long an outage lasts before <see cref="Changed"/> reports it: longer than a restart of the service takes.</summary>
    public static readonly TimeSpan ReportedAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private Task? _back;
    private int _returns;

    /// <summary>Raised when an outage has lasted for <see cref="ReportedAfter"/>, and after every outage when the engine is back.</summary>
    public event Action? Changed;

    /// <summary>How many times the engine came back. After each return it may be another version or configuration.</summary>
    public int Returns => Volatile.Read(ref _returns);

    /// <summary>Whether the engine is away and calls wait for it.</summary>
    public bool IsAway
    {
        get
        {
            lock (_lock)
            {
                return _back is not null;
            }
        }
    }

    /// <summary>Connects to the engine.</summary>
    /// <exception cref="EngineUnreachableException">There is no connection; the message says why.</exception>
    internal async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new EngineUnreachableException(Why(e), e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the engine listens. Call this after a connection failed.</summary>
    internal Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _back ??= Task.Run(ProbeAsync, CancellationToken.None);
            return _back.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Stops waiting for the engine.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    private async Task ProbeAsync()
    {
        var closing = _closing.Token;
        var since = clock.GetTimestamp();
        var reported = false;
        for (var pause = FirstPause; !await IsThereAsync(closing); pause = 2 * pause < LastPause ? 2 * pause : LastPause)
        {
            if (!reported && clock.GetElapsedTime(since) >= ReportedAfter)
            {
                reported = true;
                Changed?.Invoke();
            }

            await Task.Delay(pause, clock, closing);
        }

        lock (_lock)
        {
            _back = null;
            _returns++;
        }

        Changed?.Invoke();
    }

    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var socket = await ConnectAsync(cancellationToken);
            return true;
        }
        catch (EngineUnreachableException)
        {
            return false;
        }
    }

    // .NET's own message for a missing socket is "Cannot assign requested address".
    private string Why(SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "nothing listens on the socket",
            SocketError.AccessDenied => "the user of this process has no permission to use the socket",
            _ when !File.Exists(socketPath) => "there is no such socket",
            _ => e.Message,
        };
}

/// <summary>No connection to the engine could be made, so that no call was sent.</summary>
internal sealed class EngineUnreachableException(string message, Exception cause) : IOException(message, cause);
