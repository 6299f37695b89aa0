using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Streams;
using Stromboli.Operator.Streams.Requests;
using Stromboli.Testing;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Operator.Tests.Streams;

public sealed class AuthorityPublisherTests
{
    private static readonly NamespacedName Key = NamespacedName.Cluster(StreamsApi.ServiceName);

    [Fact]
    public async Task PublishAsync_AuthorityOrApiServiceChanges_CaBundleFollows()
    {
        await using var server = await FakeApiServer.StartAsync();
        using var client = new KubeClient(new KubeConfig { Server = server.Address });
        var authorities = new TrustedAuthorities();
        var publisher = new AuthorityPublisher(
            client,
            authorities,
            TimeProvider.System,
            NullLogger<AuthorityPublisher>.Instance,
            NullLogger<Informer<APIService>>.Instance
        );
        using var stop = new CancellationTokenSource();
        var working = Task.WhenAll(publisher.WatchAsync(stop.Token), publisher.PublishAsync(stop.Token));

        // The manifests are applied after the operator has started.
        var bundle = AuthorityBundle.Create(TimeProvider.System.GetUtcNow());
        authorities.Set(bundle);
        await client.CreateAsync(BuiltIn.APIServices, new APIService { Metadata = new() { Name = Key.Name } });
        await Eventually.TrueAsync(async () => await PublishedAsync(client) == bundle.TrustedPem);

        // The next authority is published.
        var next = AuthorityBundle.Create(TimeProvider.System.GetUtcNow());
        authorities.Set(next);
        await Eventually.TrueAsync(async () => await PublishedAsync(client) == next.TrustedPem);

        // Somebody has overwritten it.
        var stored = await client.GetAsync(BuiltIn.APIServices, Key);
        await client.ReplaceAsync(BuiltIn.APIServices, stored with { Spec = new() });
        await Eventually.TrueAsync(async () => await PublishedAsync(client) == next.TrustedPem);

        // An APIService that is removed is not made again.
        await client.DeleteAsync(BuiltIn.APIServices, Key);
        authorities.Set(bundle);
        await client.CreateAsync(BuiltIn.APIServices, new APIService { Metadata = new() { Name = "v1.other" } });
        await Eventually.True(() => server.Requests.Count(r => r.Method == "PATCH") >= 3);
        Assert.Null(await client.TryGetAsync(BuiltIn.APIServices, Key));
        Assert.All(
            server.Requests.Where(r => r.Method == "PATCH"),
            request => Assert.Contains($"fieldManager={AuthorityPublisher.FieldManager}", request.Query, StringComparison.Ordinal)
        );

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
    }

    private static async Task<string> PublishedAsync(KubeClient client) =>
        Encoding.ASCII.GetString((await client.GetAsync(BuiltIn.APIServices, Key)).Spec.CaBundle ?? []);
}
