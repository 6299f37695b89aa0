using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Controllers;

public sealed class WorkQueueMetricsTests
{
    // Other tests of this process have queues, too, but none of this name.
    private const string Name = "measured";
    private const string Labels = $"{{controller={Name},name={Name}}}";

    [Fact]
    public async Task Queue_KeysThatComeAndGo_AreMeasuredLikeThoseOfClientGo()
    {
        using var seen = new SeenInstruments(meter => meter.Name == KubeMetrics.MeterName);
        var clock = new ManualTimeProvider();
        using var queue = new WorkQueue<string>(clock: clock, name: Name);

        queue.Add("a");
        queue.Add("a");
        queue.Add("b");
        Assert.Equal((2.0, 2.0), (seen.SumOf($"workqueue_adds{Labels}"), seen.SumOf($"workqueue_depth{Labels}")));

        clock.Advance(TimeSpan.FromSeconds(3));
        var key = await queue.TakeAsync(TestContext.Current.CancellationToken);
        Assert.Equal((1.0, 3.0), (seen.SumOf($"workqueue_depth{Labels}"), seen.SumOf($"workqueue_queue_duration{Labels}")));

        // Added while a worker has it: it waits again, once.
        queue.Add(key);
        queue.Add(key);
        clock.Advance(TimeSpan.FromSeconds(2));
        queue.AddWithBackoff(key, TimeSpan.FromHours(1));
        queue.Done(key);
        Assert.Equal(
            (3.0, 2.0, 2.0, 1.0),
            (
                seen.SumOf($"workqueue_adds{Labels}"),
                seen.SumOf($"workqueue_depth{Labels}"),
                seen.SumOf($"workqueue_work_duration{Labels}"),
                seen.SumOf($"workqueue_retries{Labels}")
            )
        );
        Assert.Equal(2, queue.Count);
    }
}
