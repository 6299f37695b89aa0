namespace Stromboli.Kubernetes.Tests.Client;

/// <summary>The cluster's <c>proxy-url</c>.</summary>
public sealed class ProxyTests : TlsServerTest
{
    [Fact]
    public async Task ProxyUrl_ServerOnTheLoopback_TunnelsAndChecksTheServersName()
    {
        await using var proxy = new ConnectProxy();
        using var client = NewClient(Config($"http://127.0.0.1:{proxy.Port}"));

        Assert.Null(await client.TryGetAsync(Widget.Type, A, End));

        Assert.Equal([$"127.0.0.1:{Server.Address.Port}"], proxy.Targets);
        Assert.Equal("HTTP/2", Seen.Single().Protocol);
        using var misled = NewClient(Config($"http://127.0.0.1:{proxy.Port}", serverName: "elsewhere"));
        Assert.Equal("NoAnswer", (await Assert.ThrowsAsync<ApiException>(() => misled.GetAsync(Widget.Type, A, End))).Reason);
    }

    [Fact]
    public async Task ProxyUrl_WithNameAndPassword_AreSentWhenTheProxyAsks()
    {
        await using var proxy = new ConnectProxy("me:p@ss word");
        using var client = NewClient(Config($"http://me:p%40ss%20word@127.0.0.1:{proxy.Port}"));

        Assert.Null(await client.TryGetAsync(Widget.Type, A, End));
        Assert.Single(proxy.Targets);

        using var stranger = NewClient(Config($"http://me:wrong@127.0.0.1:{proxy.Port}"));
        var failure = await Assert.ThrowsAsync<ApiException>(() => stranger.GetAsync(Widget.Type, A, End));
        Assert.Equal("NoAnswer", failure.Reason);
        Assert.DoesNotContain("wrong", failure.ToString(), StringComparison.Ordinal);
        Assert.Single(proxy.Targets);
    }

    [Fact]
    public async Task ProxyUrl_NobodyThere_NoAnswerInsteadOfADirectConnection()
    {
        using var client = NewClient(Config("http://127.0.0.1:1"));

        Assert.Equal("NoAnswer", (await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End))).Reason);
        Assert.Empty(Seen);
    }

    private KubeConfig Config(string proxy, string serverName = "localhost") =>
        new()
        {
            Server = Address,
            TlsServerName = serverName,
            CertificateAuthority = [Ca],
            ProxyUrl = new Uri(proxy),
        };
}
