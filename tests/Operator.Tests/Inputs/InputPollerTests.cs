using Stromboli.Crds.Runs;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Tests.Decisions;
using Stromboli.Operator.Tests.Runs;
using Stromboli.Testing;

namespace Stromboli.Operator.Tests.Inputs;

public sealed class InputPollerTests : IAsyncLifetime
{
    private const int Many = 200;
    private static readonly InputSource Place = new(true, new("team", "late"));
    private FakeApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await FakeApi.StartAsync();
        _api.CreateSecret("stromboli-system", "model", "api-key", "sk-default", useAs: null);
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task ManyRunsWaitForOneSecret_ItIsPolledOnceForAllAndAllContinueWhenItExists()
    {
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var op = await RunningOperator.StartAsync(
            _api,
            Roomy(),
            o => o with { Inputs = o.Inputs with { PollInterval = TimeSpan.FromSeconds(1) } },
            clock
        );
        var runs = Enumerable.Range(0, Many).Select(i => _api.Create($"run-{i}", Waits("late"))).ToList();
        await Eventually.True(() => runs.All(uid => op.Store.Find(uid)?.Status?.Reason == RunReason.SecretNotFound));
        // All runs came in one moment, in which the missing Secret is remembered. It may have been read twice before that.
        Assert.InRange(_api.SecretReadsOf("late"), 1, 2);

        // One poll after a second, and then one every second, for all runs together.
        var (before, began) = (_api.SecretReadsOf("late"), clock.GetUtcNow());
        await PassAsync(clock, () => _api.SecretReadsOf("late") == before + 3);
        Assert.True(clock.GetUtcNow() - began >= TimeSpan.FromSeconds(3), $"3 looks within {clock.GetUtcNow() - began}");
        Assert.Equal(Many, _api.Stored.Count);

        _api.CreateSecret("team", "late", "api-key", "sk-late", "model");
        await PassAsync(clock, () => runs.All(uid => op.Phase(uid) == RunPhase.Preparing));
        Assert.Equal(2 * Many, _api.Stored.Count);
    }

    [Fact]
    public async Task SecretBecomesAllowed_WakesWaitingRuns()
    {
        _api.CreateSecret("team", "late", "api-key", "sk-late", useAs: null);
        await using var op = await RunningOperator.StartAsync(
            _api,
            Roomy(),
            o => o with { Inputs = o.Inputs with { PollInterval = TimeSpan.FromMilliseconds(200) } }
        );
        string[] runs = [_api.Create("a", Waits("late")), _api.Create("b", Waits("late"))];
        await Eventually.True(() => runs.All(uid => op.Store.Find(uid)?.Status?.Reason == RunReason.SecretNotAllowed));
        _api.CreateSecret("team", "late", "api-key", "sk-late", "model");
        await Eventually.True(() => runs.All(uid => op.Phase(uid) == RunPhase.Preparing));
    }

    [Fact]
    public async Task Cancelled_NoRunWaits_NothingIsRead()
    {
        var clock = new ManualTimeProvider(TimeProvider.System.GetUtcNow());
        await using var op = await RunningOperator.StartAsync(
            _api,
            Roomy(),
            o => o with { Inputs = o.Inputs with { PollInterval = TimeSpan.FromMilliseconds(100) } },
            clock
        );
        var uid = _api.Create("run", Waits("late"));
        var other = _api.Create("other", Waits("later"));
        await Eventually.True(() => new[] { uid, other }.All(run => op.Store.Find(run)?.Status?.Reason == RunReason.SecretNotFound));
        _api.Edit("run", "cancel", true);
        await Eventually.True(() => op.Phase(uid) == RunPhase.Cancelled && op.Service<InputPoller>().Find(uid) is null);
        // Objects are polled one at a time. With the second poll of the other name, a poll that was running has ended.
        await LookedAsync(2);
        var before = _api.SecretReadsOf("late");
        await LookedAsync(5);
        Assert.Equal(before, _api.SecretReadsOf("late"));

        Task LookedAsync(int times)
        {
            var reads = _api.SecretReadsOf("later") + times;
            return PassAsync(clock, () => _api.SecretReadsOf("later") >= reads);
        }
    }

    [Fact]
    public async Task GetAsync_CalledDuringARequest_SharesTheNextRequest()
    {
        using var client = _api.Client();
        var fetcher = new InputFetcher(client, TimeProvider.System);
        var arrived = new TaskCompletionSource();
        var letGo = new TaskCompletionSource();
        _api.CreateSecret("team", "late", "api-key", "first", "model");
        _api.BeforeSecret = () =>
        {
            arrived.TrySetResult();
            return letGo.Task;
        };
        var first = fetcher.GetAsync(Place, default);
        await arrived.Task;
        var others = Enumerable.Range(0, 10).Select(_ => fetcher.GetAsync(Place, default)).ToList();
        letGo.SetResult();
        await first;
        var answers = await Task.WhenAll(others);
        Assert.Equal(2, _api.SecretReads);
        Assert.All(answers, answer => Assert.Same(answers[0], answer));
        Assert.NotSame(await first, answers[0]);
    }

    [Fact]
    public async Task GetAsync_MissingObject_IsRememberedForAMoment()
    {
        using var client = _api.Client();
        var clock = new ManualTimeProvider(RunCases.T0);
        var fetcher = new InputFetcher(client, clock);
        Assert.False((await fetcher.GetAsync(Place, default)).IsThere);
        _api.CreateSecret("team", "late", "api-key", "first", "model");
        Assert.False((await fetcher.GetAsync(Place, default)).IsThere);
        Assert.True((await fetcher.FetchAsync(Place, default)).IsThere);
        Assert.True((await fetcher.GetAsync(Place, default)).IsThere);
        Assert.Equal(3, _api.SecretReads);
    }

    private static Task PassAsync(ManualTimeProvider clock, Func<bool> until) =>
        Eventually.True(() =>
        {
            if (until())
            {
                return true;
            }

            clock.Advance(TimeSpan.FromMilliseconds(50));
            return false;
        });

    private static string Waits(string secret) => $$"""{"prompt": "hello", "model": {"credentialsSecretRef": {"name": "{{secret}}"} } }""";

    private static FakeNodes Roomy()
    {
        var nodes = new FakeNodes();
        nodes.Set(RunningOperator.Node("node-1") with { MaxRuns = Many, CpuMillis = 1000L * Many, MemoryBytes = (512L << 20) * Many });
        return nodes;
    }
}
