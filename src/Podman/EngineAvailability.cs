using System.Net.Sockets;

namespace Stromboli.Podman;

/// <summary>
/// Tells when the engine can be reached again. All calls that could not reach it wait for one prober: an engine that is away costs one
/// connection attempt at a time, however many calls wait, and they all go on at once when it is back.
/// </summary>
/// <param name="socketPath">The engine's socket.</param>
/// <param name="clock">The clock.</param>
internal sealed class EngineAvailability(string socketPath, TimeProvider clock) : IDisposable
{
    /// <summary>A restart of the service takes less. An outage that lasts longer is told.</summary>
    public static readonly TimeSpan ToldAfter = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closing = new();
    private Task? _back;
    private int _returns;

    /// <summary>Called when an outage has lasted for <see cref="ToldAfter"/>, and when the engine is back after any.</summary>
    public event Action? Changed;

    /// <summary>How many times the engine came back: it may be another one since.</summary>
    public int Returns => Volatile.Read(ref _returns);

    /// <summary>Whether calls wait for the engine now.</summary>
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
    /// <exception cref="EngineUnreachableException">Nothing answers there; the message says why.</exception>
    public async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
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

    /// <summary>Waits until the engine can be reached. To be called when it could not be.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _back ??= Task.Run(ProbeAsync, CancellationToken.None);
            return _back.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _closing.Cancel();
        _closing.Dispose();
    }

    private async Task ProbeAsync()
    {
        var closing = _closing.Token;
        var since = clock.GetTimestamp();
        var told = false;
        for (var pause = FirstPause; !await IsThereAsync(closing); pause = 2 * pause < LastPause ? 2 * pause : LastPause)
        {
            if (!told && clock.GetElapsedTime(since) >= ToldAfter)
            {
                told = true;
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

    // .NET calls a socket that does not exist an address that cannot be assigned.
    private string Why(SocketException e) =>
        e.SocketErrorCode switch
        {
            SocketError.ConnectionRefused => "nothing listens on the socket",
            SocketError.AccessDenied => "the bridge's user may not use the socket",
            _ when !File.Exists(socketPath) => "there is no such socket",
            _ => e.Message,
        };
}
