using Stromboli.Podman;
using Stromboli.Podman.Tests.Engines;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.Testing;

namespace Stromboli.PodmanBridge.Tests.Nodes;

/// <summary>Whether an engine can run containers is told before a run finds out.</summary>
public sealed class EngineTrialTests : IAsyncDisposable
{
    private static readonly string[] Limits = ["cpu", "memory", "pids"];

    private readonly string _directory = Directory.CreateTempSubdirectory("stromboli-test-").FullName;
    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(60));
    private readonly FakeLibpod _engine;
    private readonly PodmanClient _client;
    private readonly EngineTrial _trial;

    public EngineTrialTests()
    {
        var socket = Path.Combine(_directory, "podman.sock");
        _engine = new FakeLibpod(socket);
        _client = new PodmanClient(socket, TimeProvider.System);
        _trial = new EngineTrial(
            _client,
            _client.Engine,
            new EngineTrial.Settings
            {
                Node = "node-1",
                ShimPath = "/shim",
                Files = () => ContainerFiles.Write(Path.Combine(_directory, "files")),
                Directory = Path.Combine(_directory, "trial"),
            },
            TimeProvider.System
        );
    }

    public async ValueTask DisposeAsync()
    {
        _trial.Dispose();
        _client.Dispose();
        await _engine.DisposeAsync();
        _deadline.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Problem_EngineThatStartsContainers_IsNoneAndTriedOnce()
    {
        Assert.Null(await ProblemAsync());
        Assert.Null(await ProblemAsync());

        Assert.Equal(1, _engine.Made);
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Problem_EngineThatStartsNone_IsInItsWordsAndTriedAgainUntilItDoes()
    {
        _engine.StartError =
            @"crun: creating cgroup directory `/sys/fs/cgroup/unified/user.slice`:\nNo such file or directory: OCI runtime attempted to invoke a command that was not found"
            + new string('x', 500);
        var problem = await ProblemAsync();
        Assert.StartsWith(
            "Podman cannot run a container: crun: creating cgroup directory `/sys/fs/cgroup/unified/user.slice`: No such file or directory: OCI",
            problem,
            StringComparison.Ordinal
        );
        Assert.EndsWith("x….", problem, StringComparison.Ordinal);
        Assert.InRange(problem!.Length, 300, 350);
        AssertNothingIsLeft();

        Assert.NotNull(await ProblemAsync());
        _engine.StartError = null;
        Assert.Null(await ProblemAsync());
        Assert.Equal(3, _engine.Made);
    }

    [Fact]
    public async Task Problem_AnotherEngineOrOneInDoubt_IsTriedAgain()
    {
        await ProblemAsync();
        await ProblemAsync("5.5.0");
        Assert.Equal(2, _engine.Made);

        _trial.Doubt();
        await ProblemAsync("5.5.0");
        Assert.Equal(3, _engine.Made);

        await _engine.StopAsync();
        var call = _client.Images.InspectAsync("x", _deadline.Token);
        await Eventually.True(() => _client.Engine.IsAway);
        _engine.Start();
        await call;
        await Eventually.True(() => !_client.Engine.IsAway);
        await ProblemAsync("5.5.0");
        Assert.Equal(4, _engine.Made);
    }

    [Fact]
    public async Task Problem_EngineThatIsGone_IsNoVerdict()
    {
        await _engine.StopAsync();

        // Asked for by the facts, which tell that it does not answer.
        using var soon = new CancellationTokenSource();
        var asked = _trial.ProblemAsync("5.4.2", Limits, soon.Token);
        await Eventually.True(() => _client.Engine.IsAway);
        await soon.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    private Task<string?> ProblemAsync(string version = "5.4.2") => _trial.ProblemAsync(version, Limits, _deadline.Token);

    private void AssertNothingIsLeft()
    {
        Assert.Empty(_engine.Containers);
        Assert.Empty(_engine.Volumes);
        Assert.False(Directory.Exists(Path.Combine(_directory, "trial")));
    }
}
