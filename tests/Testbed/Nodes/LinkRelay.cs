using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Stromboli.Testbed.Nodes;

/// <summary>
/// A TCP relay on loopback in place of the network between a node and its operators. While it is cut, it behaves like a network that loses
/// every packet: connections stay open and silent, new ones get no answer. Once it is mended, what was under way arrives late.
/// </summary>
public sealed class LinkRelay : IAsyncDisposable
{
    private readonly ConcurrentDictionary<int, TcpListener> _listeners = new();
    private readonly ConcurrentDictionary<TcpClient, byte> _connections = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private TaskCompletionSource _open = Opened();

    /// <summary>Whether the link is cut.</summary>
    public bool IsCut => !_open.Task.IsCompleted;

    /// <summary>The local port that leads to <paramref name="port"/> over this link.</summary>
    public int Through(int port)
    {
        var listener = _listeners.GetOrAdd(
            port,
            target =>
            {
                var made = new TcpListener(IPAddress.Loopback, 0);
                made.Start();
                _ = AcceptAsync(made, target);
                return made;
            }
        );
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>From now on nothing passes.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            if (_open.Task.IsCompleted)
            {
                _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }
    }

    /// <summary>Everything passes again, first what waited.</summary>
    public void Mend()
    {
        lock (_lock)
        {
            _open.TrySetResult();
        }
    }

    /// <summary>Resets every current connection, as a router does that has lost its state.</summary>
    public void Reset()
    {
        foreach (var client in _connections.Keys)
        {
            Abort(client);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var listener in _listeners.Values)
        {
            listener.Stop();
        }

        Reset();
        _stop.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        source.SetResult();
        return source;
    }

    private static void Abort(TcpClient client)
    {
        // A close without linger time sends a reset. If the socket is already closed, there is nothing to reset.
        client.Client?.Close(0);
        client.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener, int target)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = RelayAsync(await listener.AcceptTcpClientAsync(_stop.Token), target);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task RelayAsync(TcpClient near, int target)
    {
        using var far = new TcpClient();
        _connections.TryAdd(near, 0);
        try
        {
            await _open.Task.WaitAsync(_stop.Token);
            await far.ConnectAsync(IPAddress.Loopback, target, _stop.Token);
            _connections.TryAdd(far, 0);
            near.NoDelay = far.NoDelay = true;
            await Task.WhenAll(PumpAsync(near, far), PumpAsync(far, near));
            near.Close();
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            Abort(near);
            Abort(far);
        }
        finally
        {
            _connections.TryRemove(near, out _);
            _connections.TryRemove(far, out _);
        }
    }

    private async Task PumpAsync(TcpClient from, TcpClient to)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _stop.Token) is var read and > 0)
            {
                await _open.Task.WaitAsync(_stop.Token);
                await to.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            }

            await _open.Task.WaitAsync(_stop.Token);
            to.Client.Shutdown(SocketShutdown.Send);
        }
        catch (IOException)
        {
            // One side reset the connection, so the other side is reset too.
            await _open.Task.WaitAsync(_stop.Token);
            Abort(to);
            throw;
        }
    }
}
