using System.Net.Sockets;
using Stromboli.Gateway.Tests.Harness;

namespace Stromboli.Gateway.Tests.Sockets;

public sealed class RunSocketTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private GatewayHarness _harness = null!;

    public async ValueTask InitializeAsync() => _harness = await GatewayHarness.StartAsync();

    public ValueTask DisposeAsync() => _harness.DisposeAsync();

    [Fact]
    public async Task Connection_OfAProcessOutsideTheContainer_IsClosedUnheardAndLoggedEverMoreRarely()
    {
        await using var run = await _harness.OpenAsync(peers: FixedPeers.Nobody);
        run.Admit(_harness.Credential());

        for (var i = 0; i < 5; i++)
        {
            using var stranger = await _harness.ConnectAsync();
            Assert.Equal(0, await AskAsync(stranger));
        }

        Assert.Equal(3, _harness.Loggers.Lines.Count(line => line.Contains("is not of the container of run", StringComparison.Ordinal)));
        Assert.Equal(0, run.Totals.Requests);
    }

    // The connection may be closed before anything is sent, and what was sent and never read makes the kernel reset it.
    private static async Task<int> AskAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Deadline);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            return 0;
        }
    }
}
