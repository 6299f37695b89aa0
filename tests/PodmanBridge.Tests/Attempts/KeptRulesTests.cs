using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class KeptRulesTests
{
    [Fact]
    public void Excess_WithinTheLimits_IsNone() => Assert.Empty(Excess(3, 300, Kept("a", 1, 100), Kept("a", 2, 100), Kept("b", 3, 100)));

    [Fact]
    public void Excess_TooMany_AreTheOldestOfTheNamespaceWithMost() =>
        Assert.Equal(["a-2", "b-1"], Excess(3, 1000, Kept("b", 1), Kept("a", 2), Kept("a", 3), Kept("a", 4), Kept("b", 5)));

    [Fact]
    public void Excess_TooManyBytes_AreTheOldestOfTheNamespaceWithMostBytes() =>
        Assert.Equal(["b-2"], Excess(10, 100, Kept("a", 1, 10), Kept("b", 2, 60), Kept("b", 3, 40), Kept("a", 4, 10), Kept("a", 5, 10)));

    [Fact]
    public void Excess_OneLargerThanAllMayBe_Goes() => Assert.Equal(["a-1"], Excess(10, 100, Kept("a", 1, 101)));

    [Fact]
    public void Excess_OneNamespaceFloods_AnotherKeepsItsOwn()
    {
        var flood = Enumerable.Range(10, 500).Select(hour => Kept("a", hour)).Prepend(Kept("b", 1)).Prepend(Kept("b", 2)).ToArray();

        var gone = Excess(100, 1L << 40, flood);

        Assert.Equal(402, gone.Count);
        Assert.All(gone, uid => Assert.StartsWith("a-", uid, StringComparison.Ordinal));
    }

    private static List<string> Excess(int runs, long bytes, params KeptAttempt[] kept) =>
        [.. KeptRules.Excess(kept, new KeptLimits(runs, bytes)).Select(key => key.UID)];

    private static KeptAttempt Kept(string @namespace, int hour, long bytes = 1) =>
        new(
            new AttemptKey($"{@namespace}-{hour}", 1),
            @namespace,
            new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour),
            bytes
        );
}
