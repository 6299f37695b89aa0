using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace Stromboli.Kubernetes.Tests.Client;

/// <summary>Impersonation headers as they come over the wire.</summary>
public sealed class ImpersonationTests : TlsServerTest
{
    private readonly ConcurrentQueue<HeaderDictionary> _headers = [];

    [Fact]
    public async Task User_WithOneGroup_GoesOverHttp2()
    {
        await RequestAsync(new("jürgen") { Groups = ["system:masters"] });

        var headers = Assert.Single(_headers);
        Assert.Equal(("jürgen", "system:masters"), (headers["Impersonate-User"].ToString(), headers["Impersonate-Group"].ToString()));
        Assert.Equal("HTTP/2", Seen.Single().Protocol);
        Assert.Empty(
            headers
                .Keys.Where(name => name.StartsWith("impersonate-", StringComparison.OrdinalIgnoreCase))
                .Except(["Impersonate-User", "Impersonate-Group"], StringComparer.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task Groups_AndExtras_EachOnALineOfItsOwn()
    {
        var extra = new Dictionary<string, IReadOnlyList<string>>
        {
            ["scopes"] = ["read", "write, all"],
            ["example.org/why%"] = ["because"],
        };
        await RequestAsync(
            new("jane")
            {
                Uid = "u-1",
                Groups = ["a", "b, c", "ö"],
                Extra = extra,
            }
        );

        var headers = Assert.Single(_headers);
        Assert.Equal(("jane", "u-1"), (headers["Impersonate-User"].ToString(), headers["Impersonate-Uid"].ToString()));
        Assert.Equal(["a", "b, c", "ö"], headers["Impersonate-Group"].Select(value => value ?? ""));
        Assert.Equal(["read", "write, all"], headers["Impersonate-Extra-scopes"].Select(value => value ?? ""));
        Assert.Equal(["because"], headers["Impersonate-Extra-example.org%2Fwhy%25"].Select(value => value ?? ""));
    }

    [Fact]
    public async Task Requests_WithBodies_ArriveUnchanged()
    {
        using var client = NewClient(Config(new("jane") { Groups = ["a", "b"] }));
        var large = new string('x', 200_000);

        var created = await client.CreateAsync(Widget.Type, Widget.Named("a", large), cancellationToken: End);

        Assert.Equal(large, created.Spec?.Node);
        Assert.Equal(large, (await client.GetAsync(Widget.Type, A, End)).Spec?.Node);
        Assert.Equal("HTTP/1.1", Seen.Last().Protocol);
    }

    private async Task RequestAsync(Impersonation user)
    {
        var seen = Server.Intercept!;
        Server.Intercept = (context, request) =>
        {
            _headers.Enqueue(
                new(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value, StringComparer.OrdinalIgnoreCase))
            );
            return seen(context, request);
        };
        using var client = NewClient(Config(user));
        Assert.Null(await client.TryGetAsync(Widget.Type, A, End));
    }

    private KubeConfig Config(Impersonation user) =>
        new()
        {
            Server = Address,
            TlsServerName = "localhost",
            CertificateAuthority = [Ca],
            Impersonation = user,
        };
}
