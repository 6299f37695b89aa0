using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Stromboli.Crds.Runs;
using Stromboli.Podman.Models;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Tests.Attempts;

namespace Stromboli.PodmanBridge.Tests.Containers;

/// <summary>What the bridge believes of a container. This test is the container's first process.</summary>
public sealed class ShimContainerTests : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("shim").FullName;
    private readonly FakeEngine _engine = new();
    private readonly NodeHarness _node;
    private readonly IShimContainer _container;
    private readonly List<Socket> _open = [];
    private bool _released;

    public ShimContainerTests()
    {
        _engine.State = new ContainerState { Running = true, Pid = Environment.ProcessId };
        _node = new NodeHarness(_root, _engine, TimeProvider.System, new NodeHarnessOptions { CheckFirstProcess = static (_, _) => null });
        _container = _node.Containers.Create(
            new ShimContainerIdentity
            {
                Name = "c",
                Kind = "container",
                RunDirectory = RunDirectory,
                LogPath = Path.Combine(_root, "log"),
                Shim = () => FileIdentity.Of(_node.ShimPath),
                Released = () => _released,
            }
        );
    }

    private string RunDirectory => Path.Combine(_root, "runs", "c");

    private (string, FileIdentity)[] Mounts => [(MountPoints.Shim, FileIdentity.Of(_node.ShimPath))];

    public async ValueTask DisposeAsync()
    {
        foreach (var socket in _open)
        {
            socket.Dispose();
        }

        await _container.DisposeAsync();
        await _node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Hello_Waiting_IsTrustedWithItsMounts()
    {
        await CallAsync("waiting");

        var hello = await _container.HelloAsync(CancellationToken.None);

        _container.Trust(hello!, Mounts);
        Assert.False(_container.Over.IsCompleted);
    }

    [Theory]
    [InlineData("hooks")]
    [InlineData("running")]
    [InlineData("exited")]
    public async Task Hello_OtherStateBeforeItIsLetGo_IsDenied(string state)
    {
        await CallAsync(state);

        var refusal = await Assert.ThrowsAsync<RunRefusedException>(() => _container.HelloAsync(CancellationToken.None));

        Assert.Equal(
            (
                RunReason.PolicyDenied,
                $"The container is not the one that the bridge created: its first process claims to be {state}, and was never let go."
            ),
            (refusal.Reason, refusal.Message)
        );
    }

    [Fact]
    public async Task Trust_OtherMounts_IsDenied()
    {
        await CallAsync("waiting");
        var hello = await _container.HelloAsync(CancellationToken.None);
        var other = new FileIdentity(Mounts[0].Item2.Dev, Mounts[0].Item2.Ino + 1);

        var refusal = Assert.Throws<RunRefusedException>(() => _container.Trust(hello!, [(MountPoints.Shim, other)]));

        Assert.Equal(RunReason.PolicyDenied, refusal.Reason);
    }

    [Fact]
    public async Task Exited_BeforeItIsTrusted_DoesNotCount()
    {
        _released = true;
        await CallAsync("running", thenExits: true);
        var hello = await _container.HelloAsync(CancellationToken.None);
        Assert.False(_container.Over.IsCompleted);

        _container.Trust(hello!, Mounts);

        await _container.Over.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Disconnected_WhileTheContainerRuns_IsNotTheEnd()
    {
        var socket = await TrustedAsync();

        socket.Dispose();
        await CallAsync("waiting");

        Assert.False(_container.Over.IsCompleted);
    }

    [Fact]
    public async Task Disconnected_AndTheContainerIsGone_IsTheEnd()
    {
        var socket = await TrustedAsync();
        _engine.State = new ContainerState { Running = false };

        socket.Dispose();

        await _container.Over.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public void OnDied_ItsOwnContainer_IsTheEnd()
    {
        Attach("second");

        _container.OnDied("second");

        Assert.True(_container.Over.IsCompletedSuccessfully);
    }

    [Fact]
    public void OnDied_AContainerThatTheAttemptHadBefore_IsNot()
    {
        _container.OnDied("first");
        Attach("second");
        _container.OnDied("first");

        Assert.False(_container.Over.IsCompleted);
    }

    [Fact]
    public void Attach_ContainerThatHasDiedAlready_IsTheEnd()
    {
        _container.OnDied("first");

        Attach("first");

        Assert.True(_container.Over.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Kill_EngineThatDoesNotAnswer_IsRepeatedUntilTheContainerIsOver()
    {
        _engine.Away = true;
        Attach("id");

        var killing = _container.KillAsync(CancellationToken.None);
        _container.OnDied("id");

        await killing.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Remove_RunningContainer_TakesItsRunDirectoryToo()
    {
        _engine.Add("c");
        Attach("id");

        await _container.RemoveAsync(CancellationToken.None);

        Assert.Empty(_engine.Names);
        Assert.False(Directory.Exists(RunDirectory));
    }

    private void Attach(string id)
    {
        if (!Directory.Exists(RunDirectory))
        {
            _container.Listen();
        }

        _container.Attach(new ContainerInspection { ID = id, State = _engine.State! });
    }

    private async Task<Socket> TrustedAsync()
    {
        _engine.Add("c");
        var socket = await CallAsync("waiting");
        _container.Trust((await _container.HelloAsync(CancellationToken.None))!, Mounts);
        return socket;
    }

    private async Task<Socket> CallAsync(string state, bool thenExits = false)
    {
        Attach("id");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _open.Add(socket);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(RunDirectory, ShimSocket.FileName)));
        var (dev, ino) = (Mounts[0].Item2.Dev, Mounts[0].Item2.Ino);
        var mounts = string.Create(CultureInfo.InvariantCulture, $$"""[{"path":"{{MountPoints.Shim}}","dev":{{dev}},"ino":{{ino}}}]""");
        await socket.SendAsync(Frame(1, $$"""{"version":1,"state":"{{state}}","mounts":{{mounts}}}"""));
        if (thenExits)
        {
            await socket.SendAsync(Frame(3, """{"code":0,"by":"agent"}"""));
        }

        return socket;
    }

    private static byte[] Frame(byte type, string json)
    {
        var payload = Encoding.UTF8.GetBytes(json);
        return [.. BitConverter.GetBytes(payload.Length), type, .. payload];
    }
}
