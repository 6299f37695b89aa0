using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Decisions;

namespace Stromboli.Operator.Tests.Decisions;

public sealed class HookStatusesTests
{
    private static readonly LifecycleSpec Three = new()
    {
        OnCreate = ["a"],
        PostCreate = ["b"],
        PostStart = ["c"],
    };

    [Fact]
    public void Of_NothingReported_IsAbsent()
    {
        Assert.Null(HookStatuses.Of(Three, null));
        Assert.Null(HookStatuses.Of(Three, []));
        Assert.Null(HookStatuses.Of(null, [new HookReport { Name = "onCreate[0]", Result = HookResult.Succeeded }]));
    }

    [Fact]
    public void Of_SomeReported_HasAllOfTheSpecInItsOrder()
    {
        var statuses = HookStatuses.Of(
            Three,
            [
                new HookReport
                {
                    Name = "postCreate[0]",
                    Result = HookResult.Failed,
                    ExitCode = 3,
                    DurationMs = 1500,
                },
                new HookReport
                {
                    Name = "onCreate[0]",
                    Result = HookResult.Succeeded,
                    ExitCode = 0,
                    DurationMs = 0,
                },
            ]
        );

        Assert.Equal(
            [
                new HookStatus
                {
                    Name = "onCreate[0]",
                    Result = HookResult.Succeeded,
                    ExitCode = 0,
                    Duration = new GoDuration("0s"),
                },
                new HookStatus
                {
                    Name = "postCreate[0]",
                    Result = HookResult.Failed,
                    ExitCode = 3,
                    Duration = new GoDuration("1.5s"),
                },
                new HookStatus { Name = "postStart[0]", Result = HookResult.NotRun },
            ],
            statuses
        );
    }

    [Fact]
    public void Of_HostileReport_StaysWithinTheBounds()
    {
        var statuses = HookStatuses.Of(
            Three,
            [
                new HookReport
                {
                    Name = "onCreate[0]",
                    Result = (HookResult)77,
                    ExitCode = 1000,
                    Signal = new string('x', 5000),
                    DurationMs = long.MaxValue,
                },
                new HookReport
                {
                    Name = "postCreate[0]",
                    Result = HookResult.Succeeded,
                    DurationMs = long.MinValue,
                },
                .. Enumerable.Range(0, 1000).Select(i => new HookReport { Name = $"onCreate[{i}]", Result = HookResult.Succeeded }),
            ]
        );

        Assert.Equal(3, statuses!.Count);
        Assert.True(statuses[0] is { Result: HookResult.Failed, ExitCode: null, Signal.Length: StatusLimits.Word });
        Assert.Equal(new GoDuration("9600h"), statuses[0].Duration);
        Assert.Equal(new GoDuration("0s"), statuses[1].Duration);
    }
}
