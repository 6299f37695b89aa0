using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Stromboli.Gateway.Tests.Model;

/// <summary>An upstream that answers with the bytes it is told, for what no well-behaved server does.</summary>
internal sealed class RawUpstream : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<NetworkStream, string, Task> _answer;

    public RawUpstream(Func<NetworkStream, string, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    public RawUpstream(params string[] pieces)
        : this(
            async (stream, _) =>
            {
                foreach (var piece in pieces)
                {
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(piece));
                    await stream.FlushAsync();
                }
            }
        ) { }

    /// <summary>Told of the body of each request.</summary>
    public Action<string>? Body { get; init; }

    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    /// <summary>The heads of the requests that arrived.</summary>
    public ConcurrentQueue<string> Heads { get; } = new();

    public void Dispose() => _listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeAsync(client));
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            try
            {
                var head = await ReadRequestAsync(stream);
                Heads.Enqueue(head);
                await _answer(stream, head);
            }
            catch (IOException)
            {
                // The gateway hung up.
            }
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var bytes = new List<byte>();
        var one = new byte[1];
        while (!Encoding.ASCII.GetString([.. bytes]).EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) == 1)
        {
            bytes.Add(one[0]);
        }

        var head = Encoding.ASCII.GetString([.. bytes]);
        var length = head.Split("\r\n")
            .Select(line => line.Split(": "))
            .Where(pair => pair[0].Equals("content-length", StringComparison.OrdinalIgnoreCase))
            .Select(pair => int.Parse(pair[1]))
            .FirstOrDefault();
        var body = new byte[length];
        await stream.ReadExactlyAsync(body);
        Body?.Invoke(Encoding.UTF8.GetString(body));
        return head;
    }
}
