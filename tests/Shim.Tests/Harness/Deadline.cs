namespace Stromboli.Shim.Tests.Harness;

/// <summary>No wait of a test is without end.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    public static CancellationTokenSource Token() => new(Wait);

    /// <summary>Looks again and again until it is so.</summary>
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
