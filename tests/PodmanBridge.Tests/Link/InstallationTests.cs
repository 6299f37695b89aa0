using Stromboli.PodmanBridge.Link;

namespace Stromboli.PodmanBridge.Tests.Link;

public sealed class InstallationTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("state").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void TryServe_SecondInstallation_IsRefused()
    {
        var installation = new Installation(_state);

        Assert.True(installation.TryServe("a"));
        Assert.True(installation.TryServe("a"));
        Assert.False(installation.TryServe("b"));
        Assert.False(new Installation(_state).TryServe("b"));
    }

    [Fact]
    public void Admit_LowerEpochThanSeen_IsRefusedAlsoAfterARestart()
    {
        var installation = new Installation(_state);
        installation.TryServe("a");

        Assert.True(installation.Admit(3));
        Assert.True(installation.Admit(3));
        Assert.False(installation.Admit(2));

        var restarted = new Installation(_state);
        Assert.Equal("a", restarted.ID);
        Assert.Equal(3, restarted.SeenEpoch);
        Assert.False(restarted.Admit(2));
        Assert.True(restarted.Admit(4));
    }

    [Fact]
    public void Admit_BeforeTheFirstWelcome_IsRefused() => Assert.False(new Installation(_state).Admit(1));

    [Fact]
    public async Task WaitAsync_FirstWelcome_Completes()
    {
        var installation = new Installation(_state);
        var waiting = installation.WaitAsync(CancellationToken.None);
        Assert.False(waiting.IsCompleted);

        installation.TryServe("a");

        Assert.Equal("a", await waiting);
    }
}
