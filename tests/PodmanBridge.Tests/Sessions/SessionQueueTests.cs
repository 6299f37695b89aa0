using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Tests.Sessions;

public sealed class SessionQueueTests
{
    private const string Session = "session";
    private static readonly AttemptKey A = new("a", 1);
    private static readonly AttemptKey B = new("b", 1);
    private static readonly AttemptKey C = new("c", 1);

    private readonly SessionQueue _queue = new();

    [Fact]
    public async Task Enter_SecondAttempt_WaitsUntilTheFirstHasLeft()
    {
        await _queue.EnterAsync(Session, A, default);
        var second = _queue.EnterAsync(Session, B, default);
        var third = _queue.EnterAsync(Session, C, default);

        Assert.True(_queue.EnterAsync("another", B, default).IsCompletedSuccessfully);
        Assert.True(_queue.EnterAsync(Session, A, default).IsCompletedSuccessfully);
        _queue.Leave(Session, C);
        Assert.False(second.IsCompleted);
        _queue.Leave(Session, A);
        await second;
        Assert.False(third.IsCompleted);
        _queue.Leave(Session, B);
        await third;
    }

    [Fact]
    public async Task Enter_GivenUp_IsPassedOver()
    {
        using var gone = new CancellationTokenSource();
        await _queue.EnterAsync(Session, A, default);
        var second = _queue.EnterAsync(Session, B, gone.Token);
        var third = _queue.EnterAsync(Session, C, default);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        _queue.Leave(Session, A);
        await third;
    }

    [Fact]
    public async Task Reserve_AttemptThatMayRun_ComesBeforeAllOthers()
    {
        _queue.Reserve(Session, B);
        var first = _queue.EnterAsync(Session, A, default);

        Assert.False(first.IsCompleted);
        Assert.True(_queue.EnterAsync(Session, B, default).IsCompletedSuccessfully);
        _queue.Leave(Session, B);
        await first;
    }
}
