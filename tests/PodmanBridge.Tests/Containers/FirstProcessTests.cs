using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class FirstProcessTests
{
    private const string Root = "600 500 0:50 / / ro,nosuid - overlay overlay ro";
    private const string Shim = "601 600 8:1 /home/node/stromboli-shim /opt/stromboli/shim ro,nosuid,nodev - ext4 /dev/sda1 rw";

    [Fact]
    public void Problem_AnotherProgram_IsNotTheShim() =>
        Assert.Equal("its first process is not the shim", FirstProcess.Problem(Environment.ProcessId, FileIdentity.Of("/etc/passwd")));

    [Fact]
    public void Problem_RightProgramWhereNoShimIsMounted_IsNotTheShim() =>
        Assert.Equal(
            "nothing is mounted at /opt/stromboli/shim",
            FirstProcess.Problem(Environment.ProcessId, FileIdentity.Of($"/proc/{Environment.ProcessId}/exe"))
        );

    [Fact]
    public void Problem_ProcessThatIsGone_IsNoVerdict() =>
        Assert.Throws<IOException>(() => FirstProcess.Problem(int.MaxValue, FileIdentity.Of("/etc/passwd")));

    [Fact]
    public void MountProblem_ShimBelowTheImagesOwnDirectories_None() =>
        Assert.Null(
            FirstProcess.MountProblem([
                Root,
                Shim,
                "602 600 8:1 /claude /opt/stromboli/claude ro - ext4 /dev/sda1 rw",
                "603 600 8:1 /volume /optional rw - ext4 /dev/sda1 rw",
            ])
        );

    [Theory]
    [InlineData("/opt/stromboli/shim")]
    [InlineData("/opt/stromboli")]
    [InlineData("/opt")]
    public void MountProblem_AVolumeOnTheWayToTheShim_IsOne(string mountPoint)
    {
        var volume = $"604 600 8:1 /volume {mountPoint} rw - ext4 /dev/sda1 rw";

        Assert.Equal("something else is mounted over /opt/stromboli/shim", FirstProcess.MountProblem([Root, Shim, volume]));
        Assert.Equal("something else is mounted over /opt/stromboli/shim", FirstProcess.MountProblem([Root, volume, Shim]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("601 600 8:1 /shim /volume/stromboli/shim ro - ext4 /dev/sda1 rw")]
    public void MountProblem_ShimThatALinkLedElsewhere_IsOne(string line) =>
        Assert.Equal("nothing is mounted at /opt/stromboli/shim", FirstProcess.MountProblem([Root, line]));

    [Theory]
    [InlineData("waiting", false, true)]
    [InlineData("waiting", true, true)]
    [InlineData("hooks", false, false)]
    [InlineData("hooks", true, true)]
    [InlineData("running", false, false)]
    [InlineData("running", true, true)]
    [InlineData("exited", false, false)]
    [InlineData("exited", true, true)]
    [InlineData("Running", true, false)]
    [InlineData("", true, false)]
    public void StateProblem_AnyClaim_IsBelievedOfWhatWasLetGo(string state, bool released, bool believed) =>
        Assert.Equal(believed, FirstProcess.StateProblem(state, released) is null);
}
