namespace Stromboli.Shim.Tests.Harness;

/// <summary>Bounds every wait of a test.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    public static CancellationTokenSource Token() => new(Wait);

    /// <summary>Checks a condition repeatedly until it holds.</summary>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        using var deadline = Token();
        while (!condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"not in time: {what}");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }
}
