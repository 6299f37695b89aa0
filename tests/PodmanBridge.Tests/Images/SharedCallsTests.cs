using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Tests.Images;

public sealed class SharedCallsTests
{
    [Fact]
    public async Task Join_SeveralAtOnce_ShareOneCallThatEndsWithTheLastOfThem()
    {
        var made = 0;
        var ended = new TaskCompletionSource();
        using var first = new CancellationTokenSource();
        using var second = new CancellationTokenSource();
        var calls = new SharedCalls<string, int>(
            async (_, end) =>
            {
                Interlocked.Increment(ref made);
                await using var registration = end.Register(ended.SetResult);
                await ended.Task;
                return 1;
            }
        );
        var one = calls.JoinAsync("a", first.Token);
        var other = calls.JoinAsync("a", second.Token);

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.False(ended.Task.IsCompleted);

        await second.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        await ended.Task;
        Assert.Equal(1, made);
    }

    [Fact]
    public async Task Join_AfterTheCallIsOver_MakesAnother()
    {
        var made = 0;
        var calls = new SharedCalls<string, int>((_, _) => Task.FromResult(++made));

        Assert.Equal((1, 2), (await calls.JoinAsync("a", CancellationToken.None), await calls.JoinAsync("a", CancellationToken.None)));
    }
}
