using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class ShimSocketTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private readonly string _directory = Directory.CreateTempSubdirectory("shim").FullName;
    private readonly Recorder _reports = new();
    private TimeSpan _lease;
    private Func<string?> _check = () => null;
    private ShimSocket _socket = null!;

    public ValueTask InitializeAsync()
    {
        _socket = ShimSocket.Listen(_directory, _ => _check(), () => _lease, _reports, NullLogger.Instance);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _socket.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Connection_OfTheShim_IsListenedTo()
    {
        _socket.Expect(Environment.ProcessId);
        using var shim = await ConnectAsync();

        await SendAsync(shim, 1, """{"version":1,"state":"waiting"}""");
        await SendAsync(shim, 3, """{"code":3,"by":"agent"}""");

        Assert.Equal("connected waiting", await _reports.NextAsync());
        Assert.Equal("exited 3", await _reports.NextAsync());
    }

    [Fact]
    public async Task Connection_OfAnotherProcess_IsClosedAtOnce()
    {
        _socket.Expect(Environment.ProcessId + 1);
        using var stranger = await ConnectAsync();

        Assert.Equal(0, await stranger.ReceiveAsync(new byte[1]).WaitAsync(Deadline));
        Assert.False(_reports.Any);
    }

    [Fact]
    public async Task Connection_OfAnotherProcess_WhileTheShimIsServed_IsClosedAtOnce()
    {
        _socket.Expect(Environment.ProcessId);
        using var shim = await ConnectAsync();
        await SendAsync(shim, 1, """{"version":1,"state":"running"}""");
        Assert.Equal("connected running", await _reports.NextAsync());

        Assert.Equal(
            "closed closed closed",
            await Strangers.CallAsync(Path.Combine(_directory, ShimSocket.FileName), 3).WaitAsync(Deadline)
        );

        await SendAsync(shim, 3, """{"code":3,"by":"agent"}""");
        Assert.Equal("exited 3", await _reports.NextAsync());
    }

    [Fact]
    public async Task Connection_OfAFirstProcessThatIsNotTheShim_IsClosedUnread()
    {
        _check = () => "it is not";
        _socket.Stop(TimeSpan.Zero);
        using var intruder = await ConnectAsync();
        await SendAsync(intruder, 1, """{"version":1,"state":"running"}""");
        // Connections wait until the process is known, so the frame arrives before the connection is closed.
        _socket.Expect(Environment.ProcessId);

        Assert.Equal("denied it is not", await _reports.NextAsync());
        Assert.Equal(0, await HeardAsync(intruder));
        Assert.False(_reports.Any);
    }

    [Fact]
    public async Task Connection_OfAFirstProcessThatIsGone_IsNoVerdict()
    {
        _check = () => throw new IOException("gone");
        _socket.Expect(Environment.ProcessId);
        using var shim = await ConnectAsync();

        Assert.Equal("disconnected", await _reports.NextAsync());
        Assert.Equal(0, await HeardAsync(shim));
    }

    [Theory]
    [InlineData(2, """{"pid":2}""")]
    [InlineData(3, """{"code":0,"by":"agent"}""")]
    [InlineData(4, """{"step":"go"}""")]
    [InlineData(1, "null")]
    public async Task Frame_BeforeAHello_ClosesTheConnectionUnheard(byte type, string json)
    {
        _socket.Expect(Environment.ProcessId);
        using var shim = await ConnectAsync();
        await SendAsync(shim, type, json);

        Assert.Equal("disconnected", await _reports.NextAsync());
        Assert.False(_reports.Any);
    }

    [Fact]
    public async Task Frame_BehindAHelloThatIsNotBelieved_IsNotRead()
    {
        _reports.Believes = false;
        _socket.Expect(Environment.ProcessId);
        using var shim = await ConnectAsync();
        await SendAsync(shim, 1, """{"version":1,"state":"running"}""");
        await SendAsync(shim, 3, """{"code":0,"by":"agent"}""");

        Assert.Equal("connected running", await _reports.NextAsync());
        Assert.Equal("disconnected", await _reports.NextAsync());
        Assert.False(_reports.Any);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(17)]
    public async Task Connection_TornAtAByte_IsServedAgain(int at)
    {
        _socket.Expect(Environment.ProcessId);
        using (var torn = await ConnectAsync())
        {
            await torn.SendAsync(Frame(1, """{"version":1,"state":"waiting"}""").AsMemory(0, at));
        }

        Assert.Equal("disconnected", await _reports.NextAsync());
        using var shim = await ConnectAsync();
        await SendAsync(shim, 1, """{"version":1,"state":"running"}""");
        Assert.Equal("connected running", await _reports.NextAsync());
    }

    [Fact]
    public async Task Frame_TooLong_ClosesTheConnection()
    {
        _socket.Expect(Environment.ProcessId);
        using var shim = await ConnectAsync();
        var head = new byte[5];
        BinaryPrimitives.WriteInt32LittleEndian(head, int.MaxValue);

        await shim.SendAsync(head);

        Assert.Equal("disconnected", await _reports.NextAsync());
    }

    [Fact]
    public async Task Stop_SentWhileNobodyIsConnected_GoesOutOnTheNextConnection()
    {
        _socket.Stop(TimeSpan.FromMilliseconds(700));
        _socket.Expect(Environment.ProcessId);
        using var shim = await ConnectAsync();

        var frame = await ReceiveAsync(shim, 9);
        Assert.Equal([4, 0, 0, 0, 3], frame[..5]);
        Assert.Equal(700u, BinaryPrimitives.ReadUInt32LittleEndian(frame.AsSpan(5)));
    }

    [Fact]
    public async Task Lease_ThatChangedWhileNobodyWasConnected_IsWhatIsLeftWhenItIsSaid()
    {
        _lease = TimeSpan.FromSeconds(60);
        _socket.RenewLease();
        _socket.Expect(Environment.ProcessId);
        _lease = TimeSpan.FromSeconds(2);
        using var shim = await ConnectAsync();

        var frame = await ReceiveAsync(shim, 13);
        Assert.Equal([8, 0, 0, 0, 2], frame[..5]);
        Assert.Equal(2000, BinaryPrimitives.ReadInt64LittleEndian(frame.AsSpan(5)));
    }

    [Fact]
    public async Task Stop_OnATornConnection_IsSaidAgainOnTheNext()
    {
        _socket.Stop(TimeSpan.FromMilliseconds(700));
        _socket.Expect(Environment.ProcessId);
        using (var torn = await ConnectAsync())
        {
            await ReceiveAsync(torn, 9);
        }

        Assert.Equal("disconnected", await _reports.NextAsync());
        using var shim = await ConnectAsync();
        Assert.Equal(3, (await ReceiveAsync(shim, 9))[4]);
    }

    private static async Task<byte[]> ReceiveAsync(Socket socket, int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length; )
        {
            var count = await socket.ReceiveAsync(bytes.AsMemory(read)).AsTask().WaitAsync(Deadline);
            Assert.NotEqual(0, count);
            read += count;
        }

        return bytes;
    }

    // The kernel resets the connection if data was sent and never read.
    private static async Task<int> HeardAsync(Socket socket)
    {
        try
        {
            return await socket.ReceiveAsync(new byte[1]).WaitAsync(Deadline);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return 0;
        }
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(_directory, ShimSocket.FileName)));
        return socket;
    }

    private static async Task SendAsync(Socket socket, byte type, string json) => await socket.SendAsync(Frame(type, json));

    private static byte[] Frame(byte type, string json)
    {
        var payload = Encoding.UTF8.GetBytes(json);
        var frame = new byte[5 + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        frame[4] = type;
        payload.CopyTo(frame, 5);
        return frame;
    }

    private sealed class Recorder : IShimReports
    {
        private readonly Channel<string> _reports = Channel.CreateUnbounded<string>();

        public bool Any => _reports.Reader.Count > 0;

        public async Task<string> NextAsync() => await _reports.Reader.ReadAsync().AsTask().WaitAsync(Deadline);

        public bool Believes { get; set; } = true;

        public Task<bool> ConnectedAsync(ShimHello hello, CancellationToken cancellationToken)
        {
            _reports.Writer.TryWrite($"connected {hello.State}");
            return Task.FromResult(Believes);
        }

        public void Denied(string problem) => _reports.Writer.TryWrite($"denied {problem}");

        public void Started(ShimStarted started) => _reports.Writer.TryWrite("started");

        public void Exited(ShimExit exit) => _reports.Writer.TryWrite($"exited {exit.Code}");

        public void Failed(ShimFailure failure) => _reports.Writer.TryWrite($"failed {failure.Step}");

        public void Disconnected() => _reports.Writer.TryWrite("disconnected");
    }
}
