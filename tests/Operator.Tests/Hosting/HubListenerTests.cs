using System.Net.Sockets;
using Stromboli.Kubernetes;
using Stromboli.Operator.Hosting;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Operator.Tests.Hosting;

public sealed class HubListenerTests
{
    private const int Idle = 200;
    private const int OfAddress = 128;

    [Fact]
    public async Task Hub_FloodOfIdleConnections_IsLimitedPerAddressAndDoesNotAffectHealth()
    {
        await using var api = await FakeApiServer.StartAsync();
        await using var host = OperatorHost.Build(TestOperator.Options(), new KubeConfig { Server = api.Address });
        await host.StartAsync();
        var hub = TestOperator.HubAddress(host);
        var flood = Enumerable.Range(0, Idle).Select(_ => new TcpClient()).ToList();
        try
        {
            var ends = flood.Select(client => EndAsync(client, hub)).ToList();

            await Eventually.True(() => ends.Count(end => end.IsCompleted) >= Idle - OfAddress);

            using var http = new HttpClient();
            Assert.Equal("ok\n", await http.GetStringAsync(new Uri(TestOperator.HealthAddress(host), "/healthz")));
            var page = await http.GetStringAsync(new Uri(TestOperator.HealthAddress(host), "/metrics"));
            Assert.Contains($"stromboli_node_connections_refused_total{{}} {Idle - OfAddress}\n", page, StringComparison.Ordinal);
        }
        finally
        {
            flood.ForEach(client => client.Dispose());
        }

        await host.StopAsync();
    }

    // The server ends a connection without a slot in one of two ways.
    private static async Task EndAsync(TcpClient client, Uri hub)
    {
        try
        {
            await client.ConnectAsync(hub.Host, hub.Port);
            await client.GetStream().ReadExactlyAsync(new byte[1]);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException) { }
    }
}
