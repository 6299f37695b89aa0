using System.Net.Sockets;

namespace Stromboli.Podman.Tests;

/// <summary>
/// Answers the n-th request with given bytes and closes the connection, unless told to keep it open; null is no answer at all.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _requested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<int, byte[]?> _answer;
    private readonly bool _keepOpen;
    private readonly string _path;
    private readonly Task _serving;
    private int _requests;

    public RawServer(string path, Func<int, byte[]?> answer, bool keepOpen = false)
    {
        _path = path;
        _answer = answer;
        _keepOpen = keepOpen;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _serving = ServeAsync();
    }

    public int Requests => _requests;

    /// <summary>Completes when a request has come.</summary>
    public Task Requested => _requested.Task;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        File.Delete(_path);
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await _listener.AcceptAsync(_stop.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        using (connection)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                do
                {
                    // The requests of these tests come in one piece.
                    if (await connection.ReceiveAsync(buffer, _stop.Token) == 0)
                    {
                        return;
                    }

                    var number = Interlocked.Increment(ref _requests);
                    _requested.TrySetResult();
                    if (_answer(number) is not { } bytes)
                    {
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
                    }
                    else
                    {
                        await connection.SendAsync(bytes, _stop.Token);
                    }
                } while (_keepOpen);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The test is over, or the client has gone.
            }
        }
    }
}
