using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Containers;

public sealed class MountPathsTests
{
    [Theory]
    [InlineData("/workspace", "/workspace")]
    [InlineData("/workspace/", "/workspace//src/./x")]
    [InlineData("/srv/code", "/home/agent/x")]
    [InlineData("/tmp/work", "/tmp")]
    [InlineData("/run2", "/processes")]
    [InlineData("/home/agent2", "/opt/strombolix")]
    public void Problem_FreePaths_IsNull(string mountPath, string workdir) => Assert.Null(MountPaths.Problem(mountPath, workdir));

    [Theory]
    [InlineData("/", "root of the file system")]
    [InlineData("//.", "root of the file system")]
    [InlineData("", "absolute path")]
    [InlineData("workspace", "absolute path")]
    [InlineData("/a/../b", "absolute path")]
    [InlineData("/a b", "only letters")]
    [InlineData("/a:b", "only letters")]
    [InlineData("/a,b", "only letters")]
    [InlineData("/ä", "only letters")]
    [InlineData("/run/stromboli", "overlaps /run/stromboli")]
    [InlineData("/run/./stromboli//x", "overlaps /run/stromboli")]
    [InlineData("/opt", "overlaps /opt/stromboli")]
    [InlineData("/opt/stromboli/shim", "overlaps /opt/stromboli")]
    [InlineData("/proc/self", "overlaps /proc")]
    [InlineData("/sys", "overlaps /sys")]
    [InlineData("/dev/shm", "overlaps /dev")]
    [InlineData("/run", "file system of its own")]
    [InlineData("/tmp/", "file system of its own")]
    [InlineData("/var/tmp", "file system of its own")]
    [InlineData("/home", "overlaps /home/agent")]
    [InlineData("/home/agent/work", "overlaps /home/agent")]
    public void Problem_ReservedMountPath_SaysWhy(string mountPath, string sentence)
    {
        var problem = MountPaths.Problem(mountPath, "/workspace");
        Assert.StartsWith("workspace.mountPath ", problem, StringComparison.Ordinal);
        Assert.Contains(sentence, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc")]
    [InlineData("/run/stromboli/x")]
    [InlineData("/opt")]
    [InlineData("/")]
    [InlineData("relative")]
    public void Problem_ReservedWorkdir_NamesTheField(string workdir) =>
        Assert.StartsWith("workdir ", MountPaths.Problem("/workspace", workdir), StringComparison.Ordinal);
}
