using System.Globalization;
using System.Net;
using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Credentials;

/// <summary>When a plugin is run, and when what it printed is used again.</summary>
public sealed class ExecCredentialSourceTests : PluginTest
{
    private static readonly string Numbered = Print("""{"token":"t$n"}""");

    [Fact]
    public async Task Requests_ManyAtOnce_ShareOneRun()
    {
        var config = Config(Script($"sleep 0.3\n{Numbered}"));
        using var client = PluginClient(config);
        using var other = PluginClient(config);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? client : other).TryGetAsync(Widget.Type, A, End)));

        Assert.Equal(1, Runs);
        Assert.Equal(Enumerable.Repeat("t1", 20), Tokens);
    }

    [Fact]
    public async Task Caller_ThatGivesUp_LeavesTheRunToOthers()
    {
        using var client = PluginClient(Config(Script($"until [ -e go ]; do sleep 0.05; done\n{Numbered}")));
        using var gives = new CancellationTokenSource();
        var first = client.TryGetAsync(Widget.Type, A, gives.Token);
        await Eventually.True(() => Runs == 1);
        await gives.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = client.TryGetAsync(Widget.Type, A, End);
        await File.WriteAllTextAsync(Path.Combine(Folder, "go"), "", End);
        await second;

        Assert.Equal(1, Runs);
    }

    [Theory]
    [InlineData(100, 89, 91)]
    [InlineData(3600, 3569, 3571)]
    public async Task Credential_AboutToExpire_IsRenewedBeforehand(int lifetime, int held, int renewed)
    {
        using var client = PluginClient(Config(Script(Expiring(lifetime))));
        await client.TryGetAsync(Widget.Type, A, End);
        Clock.Advance(TimeSpan.FromSeconds(held));
        await client.TryGetAsync(Widget.Type, A, End);
        Clock.Advance(TimeSpan.FromSeconds(renewed - held));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal(["t1", "t1", "t2"], Tokens);
    }

    [Fact]
    public async Task Credential_Refused_IsAskedForOnceMore()
    {
        using var client = PluginClient(Config(Script(Numbered)));
        await client.TryGetAsync(Widget.Type, A, End);
        Fail(times: 100, 401, when: request => request.Authorization == "Bearer t1");

        Assert.Null(await client.TryGetAsync(Widget.Type, A, End));
        Assert.Equal(["t1", "t1", "t2"], Tokens);
    }

    [Fact]
    public async Task Credential_RefusedByManyAnswers_IsAskedForOnceMore()
    {
        using var client = PluginClient(Config(Script(Numbered)));
        await client.TryGetAsync(Widget.Type, A, End);
        Fail(times: 100, 401, when: request => request.Authorization == "Bearer t1");

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.TryGetAsync(Widget.Type, A, End)));

        Assert.Equal(2, Runs);
    }

    [Fact]
    public async Task EveryCredential_Refused_DoesNotRunThePluginForEachRequest()
    {
        using var client = PluginClient(Config(Script(Numbered)));
        Fail(times: 100, 401);

        for (var i = 0; i < 3; i++)
        {
            var failure = await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End));
            Assert.Equal(HttpStatusCode.Unauthorized, failure.StatusCode);
        }

        Assert.Equal(2, Runs);
        Clock.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End));
        Assert.Equal(3, Runs);
    }

    [Fact]
    public async Task FailedRun_IsNotRepeatedForFiveSeconds()
    {
        using var client = PluginClient(Config(Script($"[ $n = 1 ] && exit 1\n{Numbered}")));
        var first = await Assert.ThrowsAsync<KubeConfigException>(() => client.GetAsync(Widget.Type, A, End));
        var second = await Assert.ThrowsAsync<KubeConfigException>(() => client.GetAsync(Widget.Type, A, End));
        Assert.Equal(first.Message, second.Message);
        Assert.Equal(1, Runs);
        Clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Null(await client.TryGetAsync(Widget.Type, A, End));
        Assert.Equal(["t2"], Tokens);
    }

    [Fact]
    public async Task Token_BesidesAPlugin_TakesPrecedence()
    {
        var config = new KubeConfig
        {
            Server = Server.Address,
            Token = "fixed",
            Exec = new() { Command = Script(Numbered), ApiVersion = V1 },
        };
        using var client = NewClient(config: config);

        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal((0, "fixed"), (Runs, Tokens.Single()));
    }

    [Fact]
    public async Task Informer_WhilePluginFails_KeepsItsStoreAndGoesOn()
    {
        var script = Script($"[ -e broken ] && exit 1\n{Expiring(100)}");
        using var client = PluginClient(Config(script));
        await CreateAsync("a");
        var informer = StartInformer(client: client);
        await informer.WaitForSyncAsync(End);
        var lists = Lists;
        await File.WriteAllTextAsync(Path.Combine(Folder, "broken"), "", End);
        Clock.Advance(TimeSpan.FromSeconds(91));
        Server.EndWatches();
        await Eventually.True(() => Runs >= 2);

        Assert.Equal(1, informer.Store.Count);
        File.Delete(Path.Combine(Folder, "broken"));
        await CreateAsync("b");
        await Eventually.True(() =>
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return informer.Store.Count == 2;
        });
        Assert.Equal(lists, Lists);
    }

    // The first credential expires after so many seconds, the others after a day.
    private string Expiring(int seconds) =>
        $"""
            expires={In(TimeSpan.FromDays(1))}
            [ $n = 1 ] && expires={In(TimeSpan.FromSeconds(seconds))}
            {Print("""{"token":"t$n","expirationTimestamp":"$expires"}""")}
            """;

    private string In(TimeSpan time) => (Clock.GetUtcNow() + time).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private int Lists =>
        Server.Requests.Count(request =>
            request.Method == "GET"
            && request.Path.EndsWith("/widgets", StringComparison.Ordinal)
            && !request.Query.Contains("watch", StringComparison.Ordinal)
        );
}
