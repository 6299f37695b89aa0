using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Tests.Sessions;

public sealed class SessionTurnsTests
{
    private const string Session = "session";
    private static readonly AttemptKey A = new("a", 1);
    private static readonly AttemptKey B = new("b", 1);
    private static readonly AttemptKey C = new("c", 1);

    private readonly SessionTurns _turns = new();

    [Fact]
    public async Task Enter_SecondAttempt_WaitsUntilTheFirstHasLeft()
    {
        await _turns.EnterAsync(Session, A, default);
        var second = _turns.EnterAsync(Session, B, default);
        var third = _turns.EnterAsync(Session, C, default);

        Assert.True(_turns.EnterAsync("another", B, default).IsCompletedSuccessfully);
        Assert.True(_turns.EnterAsync(Session, A, default).IsCompletedSuccessfully);
        _turns.Leave(Session, C);
        Assert.False(second.IsCompleted);
        _turns.Leave(Session, A);
        await second;
        Assert.False(third.IsCompleted);
        _turns.Leave(Session, B);
        await third;
    }

    [Fact]
    public async Task Enter_GivenUp_IsPassedOver()
    {
        using var gone = new CancellationTokenSource();
        await _turns.EnterAsync(Session, A, default);
        var second = _turns.EnterAsync(Session, B, gone.Token);
        var third = _turns.EnterAsync(Session, C, default);

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        _turns.Leave(Session, A);
        await third;
    }

    [Fact]
    public async Task Reserve_AttemptThatMayRun_ComesBeforeAllOthers()
    {
        _turns.Reserve(Session, B);
        var first = _turns.EnterAsync(Session, A, default);

        Assert.False(first.IsCompleted);
        Assert.True(_turns.EnterAsync(Session, B, default).IsCompletedSuccessfully);
        _turns.Leave(Session, B);
        await first;
    }
}
