using Stromboli.Crds.Runs;
using Stromboli.NodeLink;
using Stromboli.NodeLink.Messages;
using Stromboli.PodmanBridge.Link;

namespace Stromboli.PodmanBridge.Tests.Link;

public sealed class ObservationBoundTests
{
    [Fact]
    public void Apply_LargestThatStatusTakes_StaysWhole()
    {
        var seen = Ended(new string('\u0001', StatusLimits.ResultBytes), new string('\u0001', StatusLimits.StructuredBytes));

        Assert.Same(seen, ObservationBound.Apply(seen));
    }

    [Theory]
    [InlineData('x', 2 * MessageParts.MaxBytes)]
    [InlineData('\u0001', MessageParts.MaxBytes / 4)]
    public void Apply_ResultThatNoMessageTakes_KeepsTheEndItself(char c, int length)
    {
        var told = ObservationBound.Apply(Ended(new string(c, length)));

        Assert.InRange(NodeLinkChannel.SizeOf(told), 1, 4096);
        Assert.Equal((RunReason.Completed, 7, null), (told.End!.Reason, told.End.ExitCode, told.End.Result));
        Assert.Contains("see the log", told.End.Message, StringComparison.Ordinal);
    }

    private static AttemptObservation Ended(string text, string? structured = null) =>
        new()
        {
            UID = "u",
            Attempt = 1,
            Stage = AttemptStage.Ended,
            End = new AttemptEnd
            {
                Reason = RunReason.Completed,
                Message = "m",
                EndedAgoMs = 0,
                ExitCode = 7,
                Result = new RunResult { Text = text },
                Structured = structured,
            },
        };
}
