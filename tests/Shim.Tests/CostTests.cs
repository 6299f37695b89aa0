using System.Diagnostics;
using System.Globalization;
using Stromboli.Shim.Tests.Harness;

namespace Stromboli.Shim.Tests;

/// <summary>The time that the shim adds to a start, and its memory. The bounds are generous: they catch mistakes, not noise.</summary>
public sealed class CostTests
{
    private const int Starts = 15;

    [Fact]
    public async Task Start_FromExecToStarted_TakesMilliseconds()
    {
        var took = new List<TimeSpan>();
        for (var i = 0; i < Starts; i++)
        {
            await using var container = await Container.StartAsync();
            using var bridge = await container.RunAsync(new Go());
            var now = Stopwatch.GetTimestamp();
            var text = await File.ReadAllTextAsync(Path.Combine(container.Workspace, ".started-at"), TestContext.Current.CancellationToken);
            took.Add(Stopwatch.GetElapsedTime(long.Parse(text, CultureInfo.InvariantCulture), now));
        }

        took.Sort();
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"exec of the shim to Started: best {took[0].TotalMilliseconds:F2} ms, median {took[Starts / 2].TotalMilliseconds:F2} ms, worst {took[^1].TotalMilliseconds:F2} ms"
        );
        Assert.InRange(took[Starts / 2], TimeSpan.Zero, TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Memory_WhileTheAgentRuns_IsUnderAMebibyte()
    {
        await using var container = await Container.StartAsync();
        using var bridge = await container.RunAsync(Go.Shell("sleep 60") with { Relays = [(8080, "a.sock")] });
        var status = File.ReadAllLines($"/proc/{container.Pid}/status");
        foreach (var field in new[] { "VmRSS", "RssAnon", "VmHWM" })
        {
            TestContext.Current.TestOutputHelper?.WriteLine(status.Single(l => l.StartsWith(field, StringComparison.Ordinal)));
        }

        var anonymous = status
            .Single(l => l.StartsWith("RssAnon", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];

        Assert.InRange(long.Parse(anonymous, CultureInfo.InvariantCulture), 0, 1024);
    }
}
