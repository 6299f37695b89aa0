using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Client;

public sealed class RetryTests : ApiServerTest
{
    // The request timeout must not fire in tests that move the clock.
    private static readonly KubeClientOptions Quick = new()
    {
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetries = 3,
        RequestTimeout = TimeSpan.FromHours(10),
    };

    [Fact]
    public async Task Create_429WithRetryAfter_WaitsThatLong()
    {
        var clock = new ManualTimeProvider();
        using var client = NewClient(Quick, clock);
        Fail(times: 1, 429, retryAfter: "7");

        var creating = client.CreateAsync(Widget.Type, Widget.Named("a"), cancellationToken: End);
        // The request's own timer is hours away, so this is the client's wait.
        await Eventually.True(() => clock.NextTimer == TimeSpan.FromSeconds(7));
        clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.Equal(TimeSpan.FromSeconds(0.1), clock.NextTimer);
        Assert.Single(Server.Requests);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        await creating;
        Assert.Equal(2, Server.Requests.Count);
    }

    [Fact]
    public async Task Create_RetryAfterTooLong_FailsWithIt()
    {
        Fail(times: 1, 429, retryAfter: "120");

        var failure = await Assert.ThrowsAsync<ApiException>(() => CreateAsync("a"));

        Assert.Equal(TimeSpan.FromSeconds(120), failure.RetryAfter);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Create_500_IsNotRetried()
    {
        Fail(times: 1, 500);

        await Assert.ThrowsAsync<ApiException>(() => CreateAsync("a"));

        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Create_ConnectionTorn_IsNotRetriedAndHasNoStatus()
    {
        Server.Intercept = (context, _) =>
        {
            context.Abort();
            return Task.FromResult(true);
        };

        var failure = await Assert.ThrowsAsync<ApiException>(() => CreateAsync("a"));

        Assert.Null(failure.StatusCode);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Get_500_IsRetried()
    {
        await CreateAsync("a");
        Fail(times: 2, 500);

        Assert.NotNull(await Client.TryGetAsync(Widget.Type, A, End));
        Assert.Equal(3, Server.Requests.Count(r => r.Method == "GET"));
    }

    [Fact]
    public async Task Get_500Forever_GivesUp()
    {
        using var client = NewClient(Quick);
        Fail(times: 100, 500);

        await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End));

        Assert.Equal(4, Server.Requests.Count);
    }

    [Fact]
    public async Task Get_403_IsNotRetried()
    {
        Fail(times: 1, 403);

        var failure = await Assert.ThrowsAsync<ApiException>(() => Client.GetAsync(Widget.Type, A, End));

        Assert.True(failure.IsForbidden);
        Assert.Single(Server.Requests);
    }

    [Fact]
    public async Task Get_NoAnswerInTime_TimesOut()
    {
        var clock = new ManualTimeProvider();
        using var client = NewClient(Quick with { MaxRetries = 0, RequestTimeout = TimeSpan.FromSeconds(30) }, clock);
        Server.Intercept = async (context, _) =>
        {
            await context.UntilAbortedAsync();
            return true;
        };

        var getting = client.GetAsync(Widget.Type, A, End);
        await Eventually.True(() => Server.Requests.Count == 1);
        clock.Advance(TimeSpan.FromSeconds(31));

        var failure = await Assert.ThrowsAsync<ApiException>(() => getting);
        Assert.Equal("Timeout", failure.Reason);
    }

    [Fact]
    public async Task Get_CallerCancels_Cancelled()
    {
        using var cancel = new CancellationTokenSource();
        Server.Intercept = async (context, _) =>
        {
            await cancel.CancelAsync();
            await context.UntilAbortedAsync();
            return true;
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Client.GetAsync(Widget.Type, A, cancel.Token));
    }

    [Fact]
    public async Task RateLimiter_BurstUsedUp_NextWaits()
    {
        var clock = new ManualTimeProvider();
        var limiter = new RateLimiter(perSecond: 2, burst: 3, clock);
        for (var i = 0; i < 3; i++)
        {
            Assert.True(limiter.WaitAsync(End).AsTask().IsCompletedSuccessfully);
        }

        var fourth = limiter.WaitAsync(End).AsTask();
        var fifth = limiter.WaitAsync(End).AsTask();
        clock.Advance(TimeSpan.FromMilliseconds(500));
        await fourth;

        Assert.False(fifth.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(500));
        await fifth;
    }
}
