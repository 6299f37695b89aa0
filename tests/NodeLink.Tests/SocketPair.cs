using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Stromboli.NodeLink.Tests;

/// <summary>The two ends of a real WebSocket connection over loopback.</summary>
internal sealed class SocketPair : IAsyncDisposable
{
    private readonly Socket _serverSocket;
    private readonly Socket _clientSocket;

    private SocketPair(Socket server, Socket client)
    {
        _serverSocket = server;
        _clientSocket = client;
        Server = WebSocket.CreateFromStream(new NetworkStream(server, ownsSocket: true), new WebSocketCreationOptions { IsServer = true });
        Client = WebSocket.CreateFromStream(new NetworkStream(client, ownsSocket: true), new WebSocketCreationOptions { IsServer = false });
    }

    public WebSocket Server { get; }

    public WebSocket Client { get; }

    public static async Task<SocketPair> ConnectAsync(int bufferBytes = 0)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        if (bufferBytes > 0)
        {
            listener.Server.ReceiveBufferSize = bufferBytes;
        }

        listener.Start();
        var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (bufferBytes > 0)
        {
            client.ReceiveBufferSize = client.SendBufferSize = bufferBytes;
        }

        await client.ConnectAsync(listener.LocalEndpoint);
        var server = await listener.AcceptSocketAsync();
        if (bufferBytes > 0)
        {
            server.SendBufferSize = bufferBytes;
        }

        return new SocketPair(server, client);
    }

    /// <summary>Resets the client's connection, even in the middle of a message.</summary>
    public void Tear()
    {
        _clientSocket.LingerState = new LingerOption(true, 0);
        _clientSocket.Close();
    }

    public ValueTask DisposeAsync()
    {
        Server.Dispose();
        Client.Dispose();
        _serverSocket.Dispose();
        _clientSocket.Dispose();
        return ValueTask.CompletedTask;
    }
}
