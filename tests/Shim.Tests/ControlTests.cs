using System.Buffers.Binary;
using System.Text;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class ControlTests
{
    public static TheoryData<string, byte[]> BadFrames() =>
        new()
        {
            { "unknown type", Connection.Encode(4, [1]) },
            { "type 0", Connection.Encode(0, []) },
            { "type 255", Connection.Encode(255, []) },
            { "short lease", Connection.Encode(2, [1, 2, 3]) },
            { "long stop", Connection.Encode(3, [1, 2, 3, 4, 5]) },
            { "empty stop", Connection.Encode(3, []) },
            { "Go of 4 MiB + 1", Header(4 * 1024 * 1024 + 1, 1) },
            { "length -1", Header(-1, 1) },
        };

    [Fact]
    public async Task Connection_BrokenAtAnyByte_LosesNothing()
    {
        await using var container = await Container.StartAsync();
        var go = Connection.Encode(1, Go.Shell("echo here; exit 5").ToPayload());
        // A valid frame first, so that the shim reconnects quickly.
        var lease = Connection.Encode(2, BitConverter.GetBytes(1L));
        for (var length = 0; length < go.Length; length += length < 8 ? 1 : 3)
        {
            using var torn = await container.ConnectAsync();
            await torn.SendRawAsync((byte[])[.. lease, .. go[..length]]);
        }

        using var bridge = await container.ConnectAsync();
        await bridge.SendRawAsync(go);
        await bridge.ExpectAsync(FrameType.Started);
        await bridge.ExpectAsync(FrameType.Exited);
        var (code, log) = await container.EndAsync();
        Assert.Equal(5, code);
        Assert.Equal("here\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Frames_ByteByByte_AreUnderstood()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        foreach (var one in Connection.Encode(1, Go.Shell("sleep 60").ToPayload()).Concat(Connection.Encode(3, BitConverter.GetBytes(0))))
        {
            await bridge.SendRawAsync((byte[])[one]);
        }

        await bridge.ExpectAsync(FrameType.Started);
        await bridge.ExpectAsync(FrameType.Exited);
    }

    [Fact]
    public async Task Frames_ManyInOneWrite_AreAllUnderstood()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.ConnectAsync();
        var lease = Connection.Encode(2, BitConverter.GetBytes(60_000L));
        var leases = Enumerable.Repeat(lease, 5000).SelectMany(b => b);
        await bridge.SendRawAsync(
            (byte[])
                [
                    .. leases,
                    .. Connection.Encode(1, Go.Shell("sleep 60").ToPayload()),
                    .. leases,
                    .. Connection.Encode(3, BitConverter.GetBytes(0)),
                ]
        );
        await bridge.ExpectAsync(FrameType.Started);
        await bridge.ExpectAsync(FrameType.Exited);
    }

    [Theory]
    [MemberData(nameof(BadFrames))]
    public async Task Frame_Malformed_ClosesOnlyTheConnection(string what, byte[] frame)
    {
        Assert.NotEmpty(what);
        await using var container = await Container.StartAsync();
        using (var bridge = await container.RunAsync(Go.Shell("sleep 60")))
        {
            await bridge.SendRawAsync(frame);
            Assert.Null(await bridge.ReadAsync());
        }

        using var again = await container.Bridge.AcceptAsync();
        var hello = await again.ExpectAsync(FrameType.Hello);
        Assert.Equal("running", hello.Json.GetProperty("state").GetString());
    }

    [Fact]
    public async Task Bridge_DiesAndComesBack_FindsTheSameAgent()
    {
        await using var container = await Container.StartAsync();
        int pid;
        using (var first = await container.ConnectAsync())
        {
            await first.SendGoAsync(Go.Shell("echo before; until test -e /opt/workspace/go; do sleep 0.02; done; echo after; exit 6"));
            pid = (await first.ExpectAsync(FrameType.Started)).Json.GetProperty("pid").GetInt32();
            container.Bridge.Close();
        }

        await File.WriteAllTextAsync(Path.Combine(container.RunDirectory, "../came-back"), "", TestContext.Current.CancellationToken);
        container.Bridge.Open();
        using var second = await container.Bridge.AcceptAsync();
        var hello = await second.ExpectAsync(FrameType.Hello);
        Assert.Equal("running", hello.Json.GetProperty("state").GetString());
        Assert.Equal("started", hello.Json.GetProperty("record").GetProperty("t").GetString());
        Assert.Equal(pid, hello.Json.GetProperty("record").GetProperty("pid").GetInt32());
        await File.WriteAllTextAsync(Path.Combine(container.Workspace, "go"), "", TestContext.Current.CancellationToken);
        var exited = await second.ExpectAsync(FrameType.Exited);
        Assert.Equal(6, exited.Json.GetProperty("code").GetInt32());
        var (code, log) = await container.EndAsync();
        Assert.Equal(6, code);
        Assert.Equal("before\nafter\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Bridge_AwayWhenTheAgentEnds_TheLogHasTheRecord()
    {
        await using var container = await Container.StartAsync();
        using (await container.RunAsync(Go.Shell("until test -e /opt/workspace/go; do sleep 0.02; done; echo alone; exit 7")))
        {
            container.Bridge.Close();
        }

        await File.WriteAllTextAsync(Path.Combine(container.Workspace, "go"), "", TestContext.Current.CancellationToken);
        var (code, log) = await container.EndAsync();

        Assert.Equal(7, code);
        Assert.Equal(7, log.Last.GetProperty("code").GetInt32());
        Assert.Equal("alone\n", Encoding.UTF8.GetString(log.Stdout));
    }

    [Fact]
    public async Task Bridge_LateForTheFirstConnect_IsFound()
    {
        await using var container = await Container.StartAsync(withBridge: false);
        using var bridge = new Bridge(container.RunDirectory);
        using var connection = await bridge.AcceptAsync();
        await connection.ExpectAsync(FrameType.Hello);
        await connection.SendGoAsync(new Go());
        await connection.ExpectAsync(FrameType.Started);
        await connection.ExpectAsync(FrameType.Exited);
    }

    [Fact]
    public async Task Hello_WhileTheEndIsStillBeingWritten_TellsTheEnd()
    {
        // More than a pipe holds, so that the last record cannot be written yet.
        await using var container = await Container.StartAsync(readLog: false);
        using (await container.RunAsync(Go.Attack("flood", "131072")))
        {
            await Deadline.UntilAsync(() => container.Processes().Count == 1, "the agent's end");
        }

        using var bridge = await container.Bridge.AcceptAsync();
        var hello = await bridge.ExpectAsync(FrameType.Hello);
        Assert.Equal("exited", hello.Json.GetProperty("state").GetString());
        Assert.Equal("exited", hello.Json.GetProperty("record").GetProperty("t").GetString());
        container.ReadLog();
        await bridge.ExpectAsync(FrameType.Exited);
        var (_, log) = await container.EndAsync();
        Assert.Equal(131072, log.Stdout.Length);
    }

    [Fact]
    public async Task Bridge_ThatReadsNothing_DelaysNothing()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.Bridge.AcceptAsync();
        await bridge.SendGoAsync(Go.Shell("echo done; sleep 0.1"));
        // The shim answers each with Started, and the bridge reads none of the answers.
        var again = Connection.Encode(1, new Go().ToPayload());
        try
        {
            for (var i = 0; i < 60_000; i++)
            {
                await bridge.SendRawAsync(again);
            }
        }
        catch (System.Net.Sockets.SocketException)
        {
            // The shim has dropped this bridge, as it should.
        }

        var (_, log) = await container.EndAsync();
        Assert.Equal("exited", log.Last.GetProperty("t").GetString());
    }

    private static byte[] Header(int length, byte type)
    {
        var header = new byte[5];
        BinaryPrimitives.WriteInt32LittleEndian(header, length);
        header[4] = type;
        return header;
    }
}
