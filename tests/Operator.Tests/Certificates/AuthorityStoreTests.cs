using System.Security.Cryptography;
using System.Text;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Election;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Operator.Tests.Certificates;

public sealed class AuthorityStoreTests : IAsyncLifetime
{
    private static readonly NamespacedName Key = new("ns", AuthorityStore.Name);

    private readonly ManualTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private FakeApiServer _server = null!;
    private KubeClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = new KubeClient(new KubeConfig { Server = _server.Address });
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task LoadAsync_FirstStart_MakesSecretAndConfigMap()
    {
        var bundle = await Store().LoadAsync(CancellationToken.None);

        var secret = await _client.GetAsync(BuiltIn.Secrets, Key);
        var published = await _client.GetAsync(BuiltIn.ConfigMaps, Key);
        Assert.Equal(["ca.crt", "tls.crt", "tls.key"], secret.Data!.Keys.Order());
        Assert.Equal(bundle.TrustedPem, published.Data!["ca.crt"]);
        Assert.DoesNotContain("PRIVATE", string.Concat(published.Data.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LoadAsync_ManyReplicasAtOnce_AgreeOnOne()
    {
        var bundles = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Store().LoadAsync(CancellationToken.None))));

        Assert.Single(bundles.Select(b => b.Signing.Certificate.Thumbprint).Distinct());
        Assert.Equal(bundles[0].TrustedPem, (await _client.GetAsync(BuiltIn.ConfigMaps, Key)).Data!["ca.crt"]);
    }

    [Fact]
    public async Task LoadAsync_LaterStart_ReadsTheSameAndWritesNothing()
    {
        var first = await Store().LoadAsync(CancellationToken.None);
        _server.Requests.Clear();
        var second = await Store().LoadAsync(CancellationToken.None);

        Assert.Equal(first.Signing.Certificate.Thumbprint, second.Signing.Certificate.Thumbprint);
        Assert.All(_server.Requests, r => Assert.Equal("GET", r.Method));
    }

    [Fact]
    public async Task LoadAsync_NearTheEnd_PublishesTheNextAuthorityOnceForAllReplicas()
    {
        await Store().LoadAsync(CancellationToken.None);
        _clock.Advance(TimeSpan.FromDays(3650 - 700));
        var bundles = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store().LoadAsync(CancellationToken.None))));

        Assert.Single(bundles.Select(b => b.Next!.Certificate.Thumbprint).Distinct());
        var published = (await _client.GetAsync(BuiltIn.ConfigMaps, Key)).Data!["ca.crt"];
        Assert.Equal(2, published.Split("BEGIN CERTIFICATE").Length - 1);
    }

    [Fact]
    public async Task LoadAsync_ConfigMapWasChanged_IsRestored()
    {
        var bundle = await Store().LoadAsync(CancellationToken.None);
        var published = await _client.GetAsync(BuiltIn.ConfigMaps, Key);
        await _client.ReplaceAsync(BuiltIn.ConfigMaps, published with { Data = new() { ["ca.crt"] = "mine" } });

        await Store().LoadAsync(CancellationToken.None);

        Assert.Equal(bundle.TrustedPem, (await _client.GetAsync(BuiltIn.ConfigMaps, Key)).Data!["ca.crt"]);
    }

    [Theory]
    [InlineData("ca.crt")]
    [InlineData("tls.crt")]
    [InlineData("tls.key")]
    public async Task LoadAsync_InvalidSecret_FailsAndLeavesIt(string broken)
    {
        var data = AuthorityBundle.Create(_clock.GetUtcNow()).ToSecret();
        data[broken] = Encoding.ASCII.GetBytes("-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----");
        await _client.CreateAsync(
            BuiltIn.Secrets,
            new Secret
            {
                Metadata = new() { Namespace = Key.Namespace, Name = Key.Name },
                Data = data,
            }
        );

        await Assert.ThrowsAnyAsync<CryptographicException>(() => Store().LoadAsync(CancellationToken.None));

        Assert.Equal(data[broken], (await _client.GetAsync(BuiltIn.Secrets, Key)).Data![broken]);
    }

    private AuthorityStore Store() => new(new ReplicaClient(_client, "ns"), _clock);
}
