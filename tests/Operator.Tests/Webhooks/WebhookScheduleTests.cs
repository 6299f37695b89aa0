using Stromboli.Operator.Webhooks;

namespace Stromboli.Operator.Tests.Webhooks;

public sealed class WebhookScheduleTests
{
    private static readonly DeliveryResult Failed = DeliveryResult.Failure("no");

    [Fact]
    public void Next_OfTheDefault_IsTheExampleOfStandardWebhooks()
    {
        var waits = Enumerable.Range(0, 11).Select(attempts => WebhookSchedule.Default.Next(attempts, Failed, random: 0)).ToList();

        Assert.Equal(
            ["00:00:00", "00:00:05", "00:05:00", "00:30:00", "02:00:00", "05:00:00", "10:00:00", "14:00:00", "20:00:00", "1.00:00:00"],
            waits.Take(10).Select(wait => $"{wait}")
        );
        Assert.Null(waits[10]);
        Assert.Equal(75.6, WebhookSchedule.Default.Length.TotalHours, precision: 1);
    }

    [Theory]
    [InlineData(0, 300)]
    [InlineData(0.5, 330)]
    [InlineData(1, 360)]
    public void Next_Random_IsUpToAFifthLonger(double random, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), WebhookSchedule.Default.Next(2, Failed, random));

    [Theory]
    [InlineData(null, 600)]
    [InlineData(60, 600)]
    [InlineData(1000, 1000)]
    [InlineData(1_000_000, 86400)]
    public void Next_SlowDown_DoublesTheWaitAndHonoursRetryAfter(int? retryAfter, int seconds) =>
        Assert.Equal(
            TimeSpan.FromSeconds(seconds),
            WebhookSchedule.Default.Next(
                2,
                Failed with
                {
                    IsSlowDown = true,
                    RetryAfter = retryAfter is { } asked ? TimeSpan.FromSeconds(asked) : null,
                },
                random: 0
            )
        );

    [Theory]
    [InlineData(0, 5)]
    [InlineData(60, 30)]
    [InlineData(100_000, 900)]
    public void Poll_IsHalfOfTheWaitWithinBounds(int waited, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), WebhookSchedule.Poll(TimeSpan.FromSeconds(waited)));
}
