using Stromboli.Crds.Runs;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Tests.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

/// <summary>What a bridge that has made a container itself believes of the first word of its shim.</summary>
public sealed class AttemptMountsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mounts").FullName;
    private readonly string _shim;

    public AttemptMountsTests() => File.WriteAllText(_shim = Path.Combine(_root, "shim"), "the shim");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Check_WaitingWithTheMountsThatWereMeant_Passes()
    {
        using var mounts = Mounts();

        await mounts.CheckAsync(Hello("waiting", mounts.Describe()), CancellationToken.None);
    }

    [Theory]
    [InlineData("hooks")]
    [InlineData("running")]
    [InlineData("exited")]
    public async Task Check_OtherStateBeforeItIsLetGo_IsPolicyDenied(string state)
    {
        using var mounts = Mounts();
        var described = mounts.Describe();

        var refusal = await Assert.ThrowsAsync<RunRefusedException>(() =>
            mounts.CheckAsync(Hello(state, described), CancellationToken.None)
        );

        Assert.Equal(
            (
                RunReason.PolicyDenied,
                $"The container is another one than was meant: its first process claims to be {state}, and was never let go."
            ),
            (refusal.Reason, refusal.Message)
        );
    }

    [Fact]
    public async Task Check_OtherMounts_IsPolicyDenied()
    {
        using var mounts = Mounts();
        var swapped = mounts.Describe().Select(mount => mount.Path == MountPoints.Shim ? mount with { Ino = mount.Ino + 1 } : mount);

        var refusal = await Assert.ThrowsAsync<RunRefusedException>(() =>
            mounts.CheckAsync(Hello("waiting", [.. swapped]), CancellationToken.None)
        );

        Assert.Equal(RunReason.PolicyDenied, refusal.Reason);
    }

    [Fact]
    public void Shim_ReplacedAfterTheContainerWasDescribed_IsTheOneThatWasMounted()
    {
        using var mounts = Mounts();
        var described = mounts.Describe().Single(mount => mount.Path == MountPoints.Shim);
        File.Move(_shim, _shim + ".old");
        File.WriteAllText(_shim, "another");

        Assert.Equal(new FileIdentity(described.Dev, described.Ino), mounts.Shim);
    }

    private AttemptMounts Mounts() =>
        new(
            new AttemptRecord
            {
                UID = "9b2d7c1e-0000-4000-8000-000000000001",
                Attempt = 1,
                Spec = SpecBuilder.Attempt(),
                UserID = 20_001,
                BootID = "this boot",
                Deadline = 0,
            },
            _root,
            new SandboxServices
            {
                Podman = null!,
                Installation = () => "",
                Images = null!,
                Catalogue = null!,
                Gateway = null!,
                Git = null!,
                HostPaths = new HostPathGate([], [], null, "node-1", new FakeEngine()),
                Secrets = null!,
                Starts = null!,
                Node = "node-1",
                RunRoot = _root,
                ShimPath = _shim,
                ClaudeDirectory = null,
                CliVersion = () => null,
                Files = null!,
                EnforcedLimits = () => [],
                Sessions = null!,
                Tenants = null!,
                Measurer = null!,
                Clock = TimeProvider.System,
                Logger = null!,
            }
        );

    private static ShimHello Hello(string state, IReadOnlyList<ShimMount> mounts) => new() { State = state, Mounts = mounts };
}
