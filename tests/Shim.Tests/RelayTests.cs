using System.Net.Sockets;
using System.Text;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class RelayTests
{
    private static readonly (int, string)[] Model = [(8080, "model.sock")];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(5_000_001)]
    public async Task Bytes_BothWays_ArriveWhole(int count)
    {
        await using var container = await Container.StartAsync();
        using var server = Listen(container, "model.sock");
        var echo = EchoAsync(server, 1);
        var (_, log) = await AttackAsync(container, "relay-echo", "8080", $"{count}");

        Assert.Equal($"got {count} wrong 0\n", Encoding.UTF8.GetString(log.Stdout));
        await echo;
    }

    [Fact]
    public async Task HalfClose_OfTheClient_IsPassedOn()
    {
        await using var container = await Container.StartAsync();
        using var server = Listen(container, "model.sock");
        var answer = AnswerAfterEndAsync(server);
        var (_, log) = await AttackAsync(container, "relay-half-close", "8080");

        Assert.Equal("heard got ping\n", Encoding.UTF8.GetString(log.Stdout));
        await answer;
    }

    [Fact]
    public async Task Connections_AboveTheLimit_WaitForTheirTurn()
    {
        await using var container = await Container.StartAsync();
        using var server = Listen(container, "model.sock");
        using var bridge = await container.RunAsync(Go.Attack("relay-many", "8080", "80") with { Relays = Model });
        await Deadline.UntilAsync(() => container.LogSoFar().AsSpan().IndexOf("oconnected 80"u8) >= 0, "80 connections");
        using var deadline = Deadline.Token();
        var accepted = new List<Socket>();
        for (var i = 0; i < 64; i++)
        {
            accepted.Add(await server.AcceptAsync(deadline.Token));
        }

        Assert.False(server.Poll(TimeSpan.FromMilliseconds(200), SelectMode.SelectRead), "a 65th connection at once");
        foreach (var socket in accepted)
        {
            await AnswerAsync(socket);
        }

        for (var i = 0; i < 16; i++)
        {
            await AnswerAsync(await server.AcceptAsync(deadline.Token));
        }

        var (_, log) = await container.EndAsync();

        Assert.Equal("connected 80\nanswered 80\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Socket_NotThereYet_IsWaitedFor()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("relay-many", "8080", "3") with { Relays = Model });
        await Deadline.UntilAsync(() => container.LogSoFar().AsSpan().IndexOf("oconnected 3"u8) >= 0, "connections to nobody");
        using var server = Listen(container, "model.sock");
        using var deadline = Deadline.Token();
        for (var i = 0; i < 3; i++)
        {
            await AnswerAsync(await server.AcceptAsync(deadline.Token));
        }

        var (_, log) = await container.EndAsync();

        Assert.Equal("connected 3\nanswered 3\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Socket_OfADeadBridge_IsWaitedFor()
    {
        await using var container = await Container.StartAsync();
        Listen(container, "model.sock").Dispose();
        using var bridge = await container.RunAsync(Go.Attack("relay-echo", "8080", "100000") with { Relays = Model });
        using var server = Listen(container, "model.sock");
        var echo = EchoAsync(server, 1);
        var (_, log) = await container.EndAsync();

        Assert.Equal("got 100000 wrong 0\n", Encoding.UTF8.GetString(log.Stdout));
        await echo;
    }

    [Fact]
    public async Task Socket_AwayForTooLong_ClosesTheClient()
    {
        await using var container = await Container.StartAsync(Native.HastyShimAsync);
        var (_, log) = await AttackAsync(container, "relay-many", "8080", "2");

        Assert.Equal("connected 2\nanswered 0\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Upstream_ThatDiesInTheMiddle_ClosesTheClient()
    {
        await using var container = await Container.StartAsync();
        using var server = Listen(container, "model.sock");
        using var bridge = await container.RunAsync(Go.Attack("relay-many", "8080", "1") with { Relays = Model });
        using var deadline = Deadline.Token();
        (await server.AcceptAsync(deadline.Token)).Dispose();
        var (_, log) = await container.EndAsync();

        Assert.Equal("connected 1\nanswered 0\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Relays_Eight_EachHaveASocket()
    {
        await using var container = await Container.StartAsync();
        var names = Enumerable.Range(1, 8).Select(i => (Port: 9000 + i, Socket: $"s-{i}.sock")).ToList();
        var servers = names.Select(n => Listen(container, n.Socket)).ToList();
        var echoes = servers.Select(s => EchoAsync(s, 1)).ToList();
        using var bridge = await container.RunAsync(
            Go.Shell("for p in 1 2 3 4 5 6 7 8; do /opt/stromboli/attacker relay-echo 900$p 10$p; done") with
            {
                Relays = names,
            }
        );
        var (_, log) = await container.EndAsync();

        Assert.Equal(string.Concat(names.Select((_, i) => $"got {100 + i + 1} wrong 0\n")), Encoding.UTF8.GetString(log.Stdout));
        await Task.WhenAll(echoes);
        servers.ForEach(s => s.Dispose());
    }

    private static async Task<(int, Log)> AttackAsync(Container container, params string[] arguments)
    {
        using var bridge = await container.RunAsync(Go.Attack(arguments) with { Relays = Model });
        return await container.EndAsync();
    }

    private static Socket Listen(Container container, string name)
    {
        var path = Path.Combine(container.RunDirectory, name);
        File.Delete(path);
        var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        server.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        server.Listen(128);
        return server;
    }

    private static async Task EchoAsync(Socket server, int connections)
    {
        using var deadline = Deadline.Token();
        for (var i = 0; i < connections; i++)
        {
            using var socket = await server.AcceptAsync(deadline.Token);
            await using var stream = new NetworkStream(socket);
            await stream.CopyToAsync(stream, deadline.Token);
            socket.Shutdown(SocketShutdown.Send);
        }
    }

    private static async Task AnswerAfterEndAsync(Socket server)
    {
        using var deadline = Deadline.Token();
        using var socket = await server.AcceptAsync(deadline.Token);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        var asked = await reader.ReadToEndAsync(deadline.Token);
        await socket.SendAsync(Encoding.UTF8.GetBytes($"got {asked}"), deadline.Token);
    }

    private static async Task AnswerAsync(Socket socket)
    {
        using (socket)
        {
            using var deadline = Deadline.Token();
            var buffer = new byte[1];
            await socket.ReceiveAsync(buffer, deadline.Token);
            await socket.SendAsync(buffer, deadline.Token);
        }
    }
}
