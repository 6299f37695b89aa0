using System.Net;
using System.Net.Sockets;
using Stromboli.Testbed.Nodes;

namespace Stromboli.Testbed.Tests;

public sealed class LinkRelayTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);
    private readonly TcpListener _far = new(IPAddress.Loopback, 0);
    private readonly LinkRelay _relay = new();

    public ValueTask InitializeAsync()
    {
        _far.Start();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _relay.DisposeAsync();
        _far.Stop();
    }

    [Fact]
    public async Task Through_Open_PassesBothWays()
    {
        using var near = await ConnectAsync();
        using var far = await _far.AcceptTcpClientAsync();

        await near.GetStream().WriteAsync("ping"u8.ToArray());
        Assert.Equal("ping"u8.ToArray(), await ReadAsync(far, 4));
        await far.GetStream().WriteAsync("pong"u8.ToArray());
        Assert.Equal("pong"u8.ToArray(), await ReadAsync(near, 4));
    }

    [Fact]
    public async Task Cut_BytesUnderWay_ArriveOnlyAfterMend()
    {
        using var near = await ConnectAsync();
        using var far = await _far.AcceptTcpClientAsync();
        _relay.Cut();

        await near.GetStream().WriteAsync("late"u8.ToArray());
        var arrival = ReadAsync(far, 4);
        await PassThroughAnotherAsync();
        Assert.False(arrival.IsCompleted);

        _relay.Mend();
        Assert.Equal("late"u8.ToArray(), await arrival);
    }

    [Fact]
    public async Task Cut_NewConnection_GetsNoAnswerUntilMend()
    {
        _relay.Cut();
        using var near = await ConnectAsync();
        var accepted = _far.AcceptTcpClientAsync();
        await PassThroughAnotherAsync();
        Assert.False(accepted.IsCompleted);

        _relay.Mend();
        using var far = await accepted.WaitAsync(Soon);
    }

    [Fact]
    public async Task Reset_OpenConnection_IsReset()
    {
        using var near = await ConnectAsync();
        using var far = await _far.AcceptTcpClientAsync();
        await near.GetStream().WriteAsync("ping"u8.ToArray());
        await ReadAsync(far, 4);

        _relay.Reset();

        await Assert.ThrowsAsync<IOException>(() => near.GetStream().ReadExactlyAsync(new byte[1]).AsTask().WaitAsync(Soon));
    }

    [Fact]
    public async Task FarSideCloses_NearSide_SeesTheEnd()
    {
        using var near = await ConnectAsync();
        using (await _far.AcceptTcpClientAsync())
        {
            // Closed at once.
        }

        Assert.Equal(0, await near.GetStream().ReadAsync(new byte[1]).AsTask().WaitAsync(Soon));
    }

    private static async Task<byte[]> ReadAsync(TcpClient client, int count)
    {
        var buffer = new byte[count];
        await client.GetStream().ReadExactlyAsync(buffer).AsTask().WaitAsync(Soon);
        return buffer;
    }

    // Bytes that have passed an open relay show that there was time for bytes to pass the cut one.
    private static async Task PassThroughAnotherAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var relay = new LinkRelay();
        using var near = new TcpClient();
        await near.ConnectAsync(IPAddress.Loopback, relay.Through(((IPEndPoint)listener.LocalEndpoint).Port));
        using var far = await listener.AcceptTcpClientAsync();
        await near.GetStream().WriteAsync("open"u8.ToArray());
        Assert.Equal("open"u8.ToArray(), await ReadAsync(far, 4));
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _relay.Through(((IPEndPoint)_far.LocalEndpoint).Port));
        return client;
    }
}
