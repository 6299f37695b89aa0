using System.Net.Sockets;
using Stromboli.Gateway.Sockets;
using Stromboli.PodmanBridge.Containers;
using Stromboli.Testbed.Processes;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class ContainerPeersTests : IDisposable
{
    private const int NoProcess = int.MaxValue;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly int Own = Environment.ProcessId;

    private readonly string _directory = Directory.CreateTempSubdirectory("peers").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ContainerPeers _peers = new(Task.FromResult(Own));

    public ContainerPeersTests()
    {
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
    }

    private string SocketPath => Path.Combine(_directory, "run.sock");

    public void Dispose()
    {
        _listener.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Admits_UserAndNamespaceOfTheFirstProcess_True()
    {
        using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await caller.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        using var connection = await _listener.AcceptAsync();

        Assert.True(await _peers.AdmitsAsync(connection, CancellationToken.None));
    }

    [Fact]
    public async Task Admits_BeforeTheContainerIsKnown_WaitsAndEndsWithTheSocket()
    {
        using var closing = new CancellationTokenSource();
        ISocketPeers unknown = new ContainerPeers(new TaskCompletionSource<int>().Task);

        var waiting = unknown.AdmitsAsync(_listener, closing.Token);
        Assert.False(waiting.IsCompleted);
        await closing.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public void Admits_AnotherUserInTheSameNamespace_False() =>
        Assert.False(_peers.Admits(new PeerCredentials(Own, 4_000_000_000, 0), Own));

    // The kernel reports 0 for a process that this one cannot see.
    [Theory]
    [InlineData(0)]
    [InlineData(NoProcess)]
    public void Admits_ProcessThatIsNotSeen_False(int pid) => Assert.False(_peers.Admits(Self() with { Pid = pid }, Own));

    [Fact]
    public void Admits_FirstProcessThatIsGone_Nobody() =>
        Assert.False(new ContainerPeers(Task.FromResult(NoProcess)).Admits(Self(), NoProcess));

    [Fact]
    public async Task Admits_SameUserInAnotherPidNamespace_False()
    {
        string[] elsewhere = ["--user", "--map-current-user", "--pid", "--fork", "--kill-child"];
        Assert.SkipUnless(Command.Exists("perl") && Command.Exists("unshare"), "perl or unshare is missing");
        Assert.SkipUnless(
            (await Command.RunAsync("unshare", [.. elsewhere, "true"])).ExitCode == 0,
            "this machine lets no user make namespaces"
        );
        var calling = Command.RunAsync("unshare", [.. elsewhere, "perl", "-e", Strangers.Program, SocketPath, "1"]);

        using (var connection = await _listener.AcceptAsync().WaitAsync(Deadline))
        {
            Assert.Equal(Self().UserID, PeerCredentials.Of(connection).UserID);
            Assert.False(await _peers.AdmitsAsync(connection, CancellationToken.None));
        }

        Assert.Equal("closed", (await calling).Output.TrimEnd());
    }

    private PeerCredentials Self()
    {
        using var caller = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        caller.Connect(new UnixDomainSocketEndPoint(SocketPath));
        using var connection = _listener.Accept();
        return PeerCredentials.Of(connection);
    }
}
