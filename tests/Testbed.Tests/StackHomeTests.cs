using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Tests;

public sealed class StackHomeTests
{
    [Fact]
    public async Task DisposeAsync_ProcessThatDetached_IsEndedAndNothingIsLeft()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Control groups need root.");
        var home = StackHome.Temporary("home");
        // Like conmon: a grandchild in a session of its own whose parent has exited.
        await using var sleeper = new Sleeper(home, "setsid --fork sleep 600; exec sleep 600");
        await sleeper.StartAsync();
        await Poll.UntilAsync("both run", TimeSpan.FromSeconds(10), () => home.Group.Processes().Count == 2);
        var identities = home.Group.Processes().Select(pid => ProcessIdentity.Of(pid)!.Value).ToList();

        await home.DisposeAsync();

        Assert.DoesNotContain(identities, identity => identity.IsAlive);
        Assert.False(home.Group.Exists);
        Assert.False(Directory.Exists(home.State));
        Assert.False(Directory.Exists(home.Sockets));
    }

    [Fact]
    public async Task KillAsync_ThenStart_IsAnotherProcessWithTheSameLog()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Control groups need root.");
        await using var home = StackHome.Temporary("home");
        await using var sleeper = new Sleeper(home, "echo started; exec sleep 600");
        await sleeper.StartAsync();
        var first = sleeper.Pid;
        await Poll.UntilAsync("it has started", TimeSpan.FromSeconds(10), () => sleeper.ReadLog() == "started\n");

        await sleeper.KillAsync();
        Assert.False(sleeper.IsRunning);
        await sleeper.StartAsync();

        Assert.NotEqual(first, sleeper.Pid);
        await Poll.UntilAsync("both starts are in the log", TimeSpan.FromSeconds(10), () => sleeper.ReadLog() == "started\nstarted\n");
    }

    [Fact]
    public async Task StartAsync_FailsAtOnce_ThrowsWithTheEndOfTheLog()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Control groups need root.");
        await using var home = StackHome.Temporary("home");
        await using var sleeper = new Sleeper(home, "echo no such luck; exit 3", ready: false);

        var e = await Assert.ThrowsAsync<TestbedException>(() => sleeper.StartAsync());

        Assert.Contains("no such luck", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Supervised_EndsByItself_IsStartedAgainUntilItIsStopped()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Control groups need root.");
        await using var home = StackHome.Temporary("home");
        // Ends only at its first start. After that the file exists.
        var mark = Path.Combine(home.State, "mark");
        await using var sleeper = new Sleeper(home, $"echo started; [ -f {mark} ] || {{ touch {mark}; exit 7; }}; exec sleep 600")
        {
            Supervised = true,
        };
        await sleeper.LaunchAsync();

        await Poll.UntilAsync(
            "it was started again",
            TimeSpan.FromSeconds(20),
            () => sleeper.ReadLog() == "started\nstarted\n" && sleeper.IsRunning
        );
        Assert.Equal([7], sleeper.Ends);

        await sleeper.KillAsync();
        Assert.False(sleeper.IsRunning);
        Assert.Equal([7], sleeper.Ends);
    }

    private sealed class Sleeper(StackHome home, string script, bool ready = true) : ServiceProcess(home, "sleeper")
    {
        protected override Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken) =>
            Task.FromResult(new ProcessSpec(["/bin/sh", "-c", script]));

        protected override Task<bool> IsReadyAsync(CancellationToken cancellationToken) => Task.FromResult(ready);
    }
}
