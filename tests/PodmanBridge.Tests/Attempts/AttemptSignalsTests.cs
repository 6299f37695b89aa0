using Stromboli.PodmanBridge.Attempts;

namespace Stromboli.PodmanBridge.Tests.Attempts;

public sealed class AttemptSignalsTests
{
    private readonly AttemptSignals _signals;
    private int _lost;

    public AttemptSignalsTests() => _signals = new(state: null!, shimLost: () => _lost++);

    [Fact]
    public void Disconnected_BeforeTheEnd_TheShimIsLost()
    {
        _signals.Disconnected();

        Assert.Equal(1, _lost);
    }

    [Fact]
    public void Disconnected_AfterTheShimsLastWord_NobodyIsAsked()
    {
        _signals.Exited(null!);
        _signals.Disconnected();

        Assert.Equal(0, _lost);
    }

    [Fact]
    public void SetDead_OfTheAgentsContainer_IsTheEnd()
    {
        _signals.SetContainer("second");

        _signals.SetDead("second");

        Assert.True(_signals.Over.IsCompleted);
    }

    [Fact]
    public void SetDead_OfAContainerThatTheAttemptHadBefore_IsNot()
    {
        _signals.SetDead("first");
        _signals.SetContainer("second");
        _signals.SetDead("first");

        Assert.False(_signals.Over.IsCompleted);
    }

    [Fact]
    public void SetContainer_DeadAlready_IsTheEnd()
    {
        _signals.SetDead("first");

        _signals.SetContainer("first");

        Assert.True(_signals.Over.IsCompleted);
    }
}
