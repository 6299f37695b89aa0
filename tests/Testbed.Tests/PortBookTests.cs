using System.Net;
using System.Net.Sockets;
using Stromboli.Testbed.Processes;

namespace Stromboli.Testbed.Tests;

public sealed class PortBookTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void For_SameName_ReturnsTheSamePort()
    {
        var first = new PortBook(_path).For("etcd");

        Assert.Equal(first, new PortBook(_path).For("etcd"));
    }

    [Fact]
    public void For_OtherNames_ReturnsOtherFreePorts()
    {
        var book = new PortBook(_path);
        var ports = Enumerable.Range(0, 20).Select(i => book.For($"name-{i}")).ToList();

        Assert.Equal(ports.Count, ports.Distinct().Count());
        foreach (var port in ports)
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
    }
}
