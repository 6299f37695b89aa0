using Stromboli.PodmanBridge.HostPaths;

namespace Stromboli.PodmanBridge.Tests.HostPaths;

public sealed class MountTableTests
{
    private static readonly MountTable Table = MountTable.Parse([
        "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
        "23 22 0:20 / /proc rw - proc proc rw",
        "24 22 8:2 / /srv rw master:3 - xfs /dev/sdb rw",
        @"25 24 0:30 / /srv/a\040b/c rw - tmpfs tmpfs rw",
        "26 22 0:20 / /srv/kernel rw - sysfs sysfs rw",
        "27 26 8:3 / /srv/kernel/disk rw - ext4 /dev/sdc rw",
        "half a line",
    ]);

    [Theory]
    [InlineData("/srv/data", null)]
    [InlineData("/srv/kernel/disk", null)]
    [InlineData("/srv/kernel/disk/x", null)]
    [InlineData("/srv/a b/c", null)]
    [InlineData("/srv", "another file system mounted in it")]
    [InlineData("/srv/a b", "at /srv/a b/c")]
    [InlineData("/srv/kernel/x", "a file system of the kernel (sysfs)")]
    [InlineData("/proc/1", "a file system of the kernel (proc)")]
    public void Problem_OfAPath_IsTold(string path, string? problem)
    {
        if (problem is null)
        {
            Assert.Null(Table.Problem(path));
        }
        else
        {
            Assert.Contains(problem, Table.Problem(path), StringComparison.Ordinal);
        }
    }
}
