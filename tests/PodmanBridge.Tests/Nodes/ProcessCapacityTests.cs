using Stromboli.PodmanBridge.Nodes;

namespace Stromboli.PodmanBridge.Tests.Nodes;

public sealed class ProcessCapacityTests
{
    /// <summary>
    /// The kernel's pid_max and threads-max, the user's soft limit, the cgroups with their bounds, and the least of what holds.
    /// </summary>
    public static TheoryData<string?, string?, string, string, string, long> Machines() =>
        new()
        {
            { "32768", "192729", "96364", "0::/\n", "", 32768 },
            { "4194304", "15000", "96364", "0::/\n", "", 15000 },
            { "4194304", "126886", "63443", "0::/\n", "", 63443 },
            { "4194304", "126886", "unlimited", "0::/\n", "", 126886 },
            // systemd's bound of a user, above the bridge's own unit; that of the unit itself is not the engine's.
            {
                "4194304",
                "126886",
                "63443",
                "0::/user.slice/user-1000.slice/bridge.service\n",
                "user.slice/user-1000.slice=10813 user.slice/user-1000.slice/bridge.service=50 user.slice=max",
                10813
            },
            {
                "4194304",
                "126886",
                "63443",
                "8:pids:/user.slice/user-1000.slice/x\n4:memory:/elsewhere/a/b\n0::/\n",
                "pids/user.slice/user-1000.slice=500 elsewhere/a=3",
                500
            },
            { "4194304", "126886", "63443", "0::/../../user.slice/x\n", "", 63443 },
            { null, null, "700", "", "", 700 },
        };

    [Theory]
    [MemberData(nameof(Machines))]
    public void Bounds_OfAMachine_AreTheKernelsTheUsersAndThoseOfTheCgroupsAbove(
        string? pidMax,
        string? threadsMax,
        string user,
        string cgroup,
        string bounds,
        long least
    )
    {
        var root = Directory.CreateTempSubdirectory("machine-");
        Write(root, "proc/sys/kernel/pid_max", pidMax);
        Write(root, "proc/sys/kernel/threads-max", threadsMax);
        Write(
            root,
            "proc/self/limits",
            $"Limit                     Soft Limit           Hard Limit           Units     \nMax processes             {user}                99999                processes \nMax open files            7 7 files"
        );
        Write(root, "proc/self/cgroup", cgroup);
        foreach (var bound in bounds.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(bound => bound.Split('=')))
        {
            Write(root, $"sys/fs/cgroup/{bound[0]}/pids.max", bound[1]);
        }

        Assert.Equal(least, ProcessCapacity.Bounds(root.FullName).Min());
        root.Delete(recursive: true);
    }

    [Theory]
    [InlineData(new[] { 32768L, 96364 }, 24576)]
    [InlineData(new[] { 100L }, 75)]
    [InlineData(new long[0], 24576)]
    [InlineData(new[] { long.MaxValue }, int.MaxValue)]
    public void Of_Bounds_LeavesAQuarterOfTheLeast(long[] bounds, int capacity) => Assert.Equal(capacity, ProcessCapacity.Of(bounds));

    [Fact]
    public void OfMachine_ThisOne_HasRoom() => Assert.InRange(ProcessCapacity.OfMachine(), 1, 1 << 22);

    private static void Write(DirectoryInfo root, string path, string? text)
    {
        if (text is null)
        {
            return;
        }

        var file = Path.Combine(root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text + "\n");
    }
}
