using System.Diagnostics;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

public sealed class LeaseTests
{
    private const int ClockBoottime = 7;

    [Fact]
    public async Task Lease_Over_StopsAnAgentThatObeysAtOnce()
    {
        await using var container = await Container.StartAsync();
        var watch = Stopwatch.StartNew();
        using var bridge = await container.RunAsync(Go.Shell("sleep 60") with { LeaseMs = 400 });
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(390), TimeSpan.FromSeconds(5));
        Assert.Equal("lease", exited.Json.GetProperty("by").GetString());
        Assert.Equal("SIGTERM", exited.Json.GetProperty("signalName").GetString());
    }

    [Fact]
    public async Task Lease_OverWithoutABridge_KillsAStubbornTreeASecondLater()
    {
        await using var container = await Container.StartAsync();
        var watch = Stopwatch.StartNew();
        using (await container.RunAsync(Go.Attack("stubborn-tree", "10") with { LeaseMs = 500 }))
        {
            container.Bridge.Close();
        }

        var (code, log) = await container.EndAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(1490), TimeSpan.FromSeconds(5));
        Assert.Equal("lease", log.Last.GetProperty("by").GetString());
        Assert.Equal("SIGKILL", log.Last.GetProperty("signalName").GetString());
        Assert.Equal(137, code);
    }

    [Fact]
    public async Task Lease_Extended_LastsLonger()
    {
        await using var container = await Container.StartAsync();
        var watch = Stopwatch.StartNew();
        using var bridge = await container.RunAsync(Go.Shell("sleep 60") with { LeaseMs = 300 });
        await bridge.SendLeaseAsync(1200);
        await bridge.ExpectAsync(FrameType.Exited);

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(1190), TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public async Task Lease_Shortened_EndsEarlier(long milliseconds)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("sleep 60"));
        var watch = Stopwatch.StartNew();
        await bridge.SendLeaseAsync(milliseconds);
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(milliseconds - 10), TimeSpan.FromSeconds(5));
        Assert.Equal("lease", exited.Json.GetProperty("by").GetString());
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public async Task Lease_OfAnyLength_DoesNotOverflow(long milliseconds)
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("sleep 60") with { LeaseMs = milliseconds });
        await bridge.SendLeaseAsync(milliseconds);
        await bridge.SendGoAsync(new Go());
        await bridge.ExpectAsync(FrameType.Started);
        await bridge.SendStopAsync(0);
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal("stop", exited.Json.GetProperty("by").GetString());
    }

    [Fact]
    public async Task Lease_WithAConnectionThatIsSilent_IsNotExtended()
    {
        await using var container = await Container.StartAsync();
        var watch = Stopwatch.StartNew();
        using (await container.RunAsync(Go.Shell("sleep 60") with { LeaseMs = 800 }))
        {
            await Task.Yield();
        }

        using var second = await container.ConnectAsync();
        await second.SendGoAsync(new Go());
        await second.ExpectAsync(FrameType.Started);
        await second.ExpectAsync(FrameType.Exited);

        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(790), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Lease_DuringAStop_KeepsTheFirstCauseAndShortensTheGrace()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Attack("stubborn-tree", "2") with { LeaseMs = 300 });
        await bridge.SendStopAsync(60_000);
        var watch = Stopwatch.StartNew();
        var exited = await bridge.ExpectAsync(FrameType.Exited);

        Assert.Equal("stop", exited.Json.GetProperty("by").GetString());
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Lease_Clock_CountsThroughASuspend()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("sleep 60"));
        var clocks = Directory
            .GetFiles($"/proc/{container.Pid}/fdinfo")
            .Select(File.ReadAllText)
            .Where(text => text.Contains("clockid:", StringComparison.Ordinal))
            .ToList();

        Assert.Contains($"clockid: {ClockBoottime}\n", Assert.Single(clocks), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shim_WithoutBridgeAndGo_GivesUp()
    {
        await using var container = await Container.StartAsync(Native.HastyShimAsync, withBridge: false);
        var (code, log) = await container.EndAsync();

        Assert.Equal(125, code);
        Assert.Equal("failed", log.Last.GetProperty("t").GetString());
        Assert.Equal("go", log.Last.GetProperty("step").GetString());
    }

    [Fact]
    public async Task Shim_WithABridgeButNoGo_WaitsUntilTheBridgeIsGone()
    {
        await using var container = await Container.StartAsync(Native.HastyShimAsync);
        var watch = Stopwatch.StartNew();
        var bridge = await container.ConnectAsync();
        // Twice as long as the shim waits without a bridge.
        await Deadline.UntilAsync(() => watch.ElapsedMilliseconds > 1200, "twice the time that it waits");
        Assert.Single(container.Processes());
        container.Bridge.Close();
        bridge.Dispose();
        Assert.Equal(125, await container.ExitAsync());
    }
}
