using Stromboli.Gateway.Sockets;

namespace Stromboli.Gateway.Tests.Sockets;

public sealed class RequestCountTests
{
    [Fact]
    public void Idle_Never_IsCompleteFromTheBeginning() => Assert.True(new RequestCount().Idle.IsCompletedSuccessfully);

    [Fact]
    public void Idle_SeveralUnderWay_CompletesWithTheLast()
    {
        var requests = new RequestCount();
        Assert.True(requests.Enter());
        Assert.True(requests.Enter());
        var idle = requests.Idle;

        requests.Leave();
        Assert.False(idle.IsCompleted);
        requests.Leave();

        Assert.True(idle.IsCompletedSuccessfully);
    }

    [Fact]
    public void Close_OneUnderWay_LetsNoMoreInAndIsIdleWithIt()
    {
        var requests = new RequestCount();
        requests.Enter();

        Assert.True(requests.Close());

        Assert.False(requests.Enter());
        Assert.False(requests.Idle.IsCompleted);
        requests.Leave();
        Assert.True(requests.Idle.IsCompletedSuccessfully);
    }

    [Fact]
    public void Close_Twice_TellsTheSecond()
    {
        var requests = new RequestCount();
        requests.Close();

        Assert.False(requests.Close());
    }
}
