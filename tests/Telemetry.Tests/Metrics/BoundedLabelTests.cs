using Stromboli.Telemetry.Metrics;

namespace Stromboli.Telemetry.Tests.Metrics;

public sealed class BoundedLabelTests
{
    [Fact]
    public void Of_MoreValuesThanItKeeps_AreOther()
    {
        var label = new BoundedLabel(2);

        Assert.Equal(["a", "b", "other", "a", "b", "other"], new[] { "a", "b", "c", "a", "b", "c" }.Select(label.Of));
        Assert.Equal("other", label.Of(null));
    }

    [Fact]
    public void Of_ManyThreadsWithManyValues_KeepsNoMoreThanItMay()
    {
        var label = new BoundedLabel(100);
        var labels = new System.Collections.Concurrent.ConcurrentDictionary<string, bool>();

        Parallel.For(0, 10_000, i => labels[label.Of($"ns-{i}")] = true);

        Assert.Equal(101, labels.Count);
        Assert.True(labels.ContainsKey("other"));
    }
}
