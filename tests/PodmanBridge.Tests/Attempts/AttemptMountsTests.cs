using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Tests.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>The mounts that a bridge expects from the shim of a container that it has created itself.</summary>
public sealed class AttemptMountsTests : IAsyncDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mounts").FullName;
    private readonly NodeHarness _node;
    private readonly AttemptRecord _record = new()
    {
        UID = "9b2d7c1e-0000-4000-8000-000000000001",
        Attempt = 1,
        Spec = SpecBuilder.Attempt(),
        UserID = 20_001,
        BootID = NodeHarness.BootID,
        Deadline = 0,
    };

    public AttemptMountsTests()
    {
        _node = new NodeHarness(_root, new FakeEngine(), TimeProvider.System);
        Directory.CreateDirectory(_node.Settings.RunDirectoryOf(_record.Key));
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task Expected_ShimThatWaits_IsWhatWasDescribed()
    {
        using var mounts = Mounts();
        var described = mounts.Describe();

        var expected = await mounts.ExpectedAsync(new ShimHello { State = ShimHello.Waiting }, CancellationToken.None);

        Assert.Equal(described.Select(mount => (mount.Path, new FileIdentity(mount.Dev, mount.Ino))), expected);
        Assert.Contains(expected, mount => mount.Path == MountPoints.Shim);
    }

    [Fact]
    public void Shim_ReplacedAfterTheContainerWasDescribed_IsTheOneThatWasMounted()
    {
        using var mounts = Mounts();
        var described = mounts.Describe().Single(mount => mount.Path == MountPoints.Shim);
        File.Move(_node.ShimPath, _node.ShimPath + ".old");
        File.WriteAllText(_node.ShimPath, "another");

        Assert.Equal(new FileIdentity(described.Dev, described.Ino), mounts.Shim);
    }

    private AttemptMounts Mounts() => new(_record, _node.Settings, new HostPathGate([], [], null, "node-1", new FakeEngine()));
}
