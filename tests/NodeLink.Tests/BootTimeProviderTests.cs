namespace Stromboli.NodeLink.Tests;

public sealed class BootTimeProviderTests
{
    [Fact]
    public void GetTimestamp_Linux_IsTheKernelsUptime()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "CLOCK_BOOTTIME is Linux's");
        var uptime = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0]);
        var boot = BootTimeProvider.Instance;

        Assert.InRange(boot.GetTimestamp() / (double)boot.TimestampFrequency, uptime - 1, uptime + 5);
    }
}
