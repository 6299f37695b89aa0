using System.Text.Json.Nodes;
using Stromboli.Kubernetes;
using Stromboli.NodeLink.Messages;
using Stromboli.Operator.Authorization;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Operator.Tests.Authorization;

public sealed class LinkAuthorizerTests : IAsyncLifetime
{
    private FakeApiServer _server = null!;
    private KubeClient _client = null!;
    private Func<string?, bool> _grants = _ => false;
    private JsonObject? _extra;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeApiServer.StartAsync();
        _client = new KubeClient(new KubeConfig { Server = _server.Address });
        _server.Answers["tokenreviews"] = body =>
            With(
                body,
                new JsonObject
                {
                    ["authenticated"] = (string?)body["spec"]?["token"] == "good",
                    ["user"] = new JsonObject { ["username"] = "system:serviceaccount:ns:bridge", ["extra"] = _extra?.DeepClone() },
                    ["audiences"] = body["spec"]?["audiences"]?.DeepClone(),
                }
            );
        _server.Answers["subjectaccessreviews"] = body =>
            With(body, new JsonObject { ["allowed"] = _grants((string?)body["spec"]?["resourceAttributes"]?["name"]) });
        _server.Answers["serviceaccounts/token"] = body =>
            With(
                body,
                new JsonObject
                {
                    ["token"] = $"next-{body["spec"]?["audiences"]?[0]}-{body["spec"]?["expirationSeconds"]}",
                    ["expirationTimestamp"] = "2030-01-01T00:00:00Z",
                }
            );
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task AuthorizeAsync_GrantByName_IsTheIdentity()
    {
        _grants = name => name == "node-1";

        var identity = await Authorizer().AuthorizeAsync("node-1", "good", CancellationToken.None);

        Assert.Equal(("node-1", "system:serviceaccount:ns:bridge", true), (identity.Node, identity.User, identity.Renewable));
    }

    [Fact]
    public async Task AuthorizeAsync_OtherNodesName_IsForbidden()
    {
        _grants = name => name == "node-1";

        Assert.Equal(RefusalReason.Forbidden, (await RefusalAsync("node-2")).Reason);
    }

    [Fact]
    public async Task AuthorizeAsync_BadToken_IsUnauthenticatedWithoutFurtherReviews()
    {
        Assert.Equal(RefusalReason.Unauthenticated, (await RefusalAsync("node-1", "bad")).Reason);
        Assert.Single(_server.Requests);
    }

    [Fact]
    public async Task AuthorizeAsync_GrantOnAllWithoutPod_IsForbidden()
    {
        _grants = _ => true;

        Assert.Equal(RefusalReason.Forbidden, (await RefusalAsync("node-1")).Reason);
    }

    [Fact]
    public async Task AuthorizeAsync_GrantOnAllWithPodOnTheNode_IsThatNodeOnly()
    {
        _grants = _ => true;
        var pod = _server.Objects.Create(
            RequestPath.Parse("/api/v1/namespaces/ns/pods")!,
            new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = "p" },
                ["spec"] = new JsonObject { ["nodeName"] = "node-1" },
            }
        );
        _extra = new JsonObject
        {
            ["authentication.kubernetes.io/pod-name"] = new JsonArray("p"),
            ["authentication.kubernetes.io/pod-uid"] = new JsonArray((string?)pod["metadata"]!["uid"]),
        };

        var identity = await Authorizer().AuthorizeAsync("node-1", "good", CancellationToken.None);

        Assert.False(identity.Renewable);
        Assert.Equal(RefusalReason.Forbidden, (await RefusalAsync("node-2")).Reason);
    }

    [Theory]
    [InlineData(3600, "next-stromboli-3600")]
    [InlineData(60, "next-stromboli-600")]
    [InlineData(31_536_000, "next-stromboli-2592000")]
    public async Task RenewAsync_PlainHost_GetsATokenOfTheSameLifeWithinBounds(int life, string expected)
    {
        var now = DateTimeOffset.UnixEpoch;
        var identity = new LinkIdentity
        {
            Node = "n",
            User = "u",
            ServiceAccount = new NamespacedName("ns", "bridge"),
            Renewable = true,
            Token = new TokenLifetime(now, now.AddSeconds(life)),
        };

        Assert.Equal(expected, await Authorizer().RenewAsync(identity, CancellationToken.None));
        Assert.Equal("/api/v1/namespaces/ns/serviceaccounts/bridge/token", Assert.Single(_server.Requests).Path);
    }

    [Fact]
    public async Task AuthorizeAsync_AccountOfAnotherNamespace_IsNotRenewable()
    {
        _grants = name => name == "node-1";

        var identity = await new LinkAuthorizer(_client, "elsewhere").AuthorizeAsync("node-1", "good", CancellationToken.None);

        Assert.Null(await Authorizer().RenewAsync(identity, CancellationToken.None));
    }

    private static JsonObject With(JsonObject body, JsonObject status)
    {
        body["status"] = status;
        return body;
    }

    private LinkAuthorizer Authorizer() => new(_client, "ns");

    private Task<LinkRefusedException> RefusalAsync(string node, string token = "good") =>
        Assert.ThrowsAsync<LinkRefusedException>(() => Authorizer().AuthorizeAsync(node, token, CancellationToken.None));
}
