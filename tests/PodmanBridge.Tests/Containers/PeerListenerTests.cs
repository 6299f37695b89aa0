using System.Net.Sockets;
using Stromboli.Gateway.Tests.Harness;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class PeerListenerTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly string _directory = Directory.CreateTempSubdirectory("peer").FullName;
    private readonly RecordingLoggers _loggers = new();
    private readonly PeerListener _listener;

    public PeerListenerTests() => _listener = PeerListener.Bind(SocketPath, _loggers.CreateLogger("peer"));

    private string SocketPath => Path.Combine(_directory, "peer.sock");

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Accept_CallsOfOthers_AreClosedAtOnceAndLoggedEverMoreRarely()
    {
        using var stop = new CancellationTokenSource();
        var accepting = _listener.AcceptAsync(Environment.ProcessId, stop.Token);

        Assert.Equal("closed closed closed closed closed closed closed", await StrangersAsync(7));
        Assert.False(accepting.IsCompleted);
        Assert.Equal(3, _loggers.Lines.Count(line => line.Contains("is not the shim", StringComparison.Ordinal)));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
    }

    [Fact]
    public async Task Accept_TheProcessBehindStrangers_IsHeard()
    {
        var accepting = _listener.AcceptAsync(Environment.ProcessId, CancellationToken.None);
        await StrangersAsync(3);
        using var own = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await own.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        using var accepted = await accepting.WaitAsync(Deadline);

        await own.SendAsync("x"u8.ToArray());
        Assert.Equal(1, await accepted.ReceiveAsync(new byte[1]).WaitAsync(Deadline));
    }

    [Fact]
    public async Task Accept_AfterDispose_IsCancelled()
    {
        var accepting = _listener.AcceptAsync(Environment.ProcessId, CancellationToken.None);
        _listener.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WaitAsync(Deadline));
    }

    /// <summary>Another process connects several times, one after the other. Returns what it received each time.</summary>
    private Task<string> StrangersAsync(int calls) => Strangers.CallAsync(SocketPath, calls);
}
