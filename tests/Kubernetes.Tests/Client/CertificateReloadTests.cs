using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Stromboli.Testing;

namespace Stromboli.Kubernetes.Tests.Client;

/// <summary>Certificates that change while a client is in use: new connections use the new ones, and the old connections close.</summary>
public sealed class CertificateReloadTests : TlsServerTest
{
    [Fact]
    public async Task ClientCertificate_Rotated_NewConnectionsHaveTheNewOneAndOldOnesClose()
    {
        using var client = NewClient(WithCertificate("one"));
        await client.TryGetAsync(Widget.Type, A, End);
        Rotate("two");
        await client.TryGetAsync(Widget.Type, A, End);
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal(["CN=one", "CN=one", "CN=two"], Seen.Select(request => request.Subject));
        Assert.All(Seen, request => Assert.Equal("HTTP/2", request.Protocol));
        await Eventually.True(() => OpenConnections == 1);
    }

    [Fact]
    public async Task ClientCertificate_FilesTouchedButEqual_KeepsTheConnection()
    {
        using var client = NewClient(WithCertificate("one"));
        await client.TryGetAsync(Widget.Type, A, End);
        File.WriteAllText(Path.Combine(Folder, "tls.crt"), File.ReadAllText(Path.Combine(Folder, "tls.crt")) + "\n");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Single(Seen.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task ClientCertificate_HalfRotated_OldOneServesUntilTheRestIsThere()
    {
        using var client = NewClient(WithCertificate("one"));
        await client.TryGetAsync(Widget.Type, A, End);
        using var two = TestCertificates.Issue(Ca, "two");
        Write("tls.crt", two.ExportCertificatePem());
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);
        File.Delete(Path.Combine(Folder, "tls.key"));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);
        Write("tls.key", TestCertificates.KeyPem(two));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal(["CN=one", "CN=one", "CN=one", "CN=two"], Seen.Select(request => request.Subject));
    }

    [Fact]
    public async Task Rotation_DuringARequest_LetsItFinish()
    {
        var go = new TaskCompletionSource();
        var seen = Server.Intercept!;
        Server.Intercept = async (context, request) =>
        {
            await seen(context, request);
            if (request.Path.EndsWith("/slow", StringComparison.Ordinal))
            {
                await go.Task;
            }

            return false;
        };
        using var client = NewClient(WithCertificate("one"));
        var slow = client.TryGetAsync(Widget.Type, new("ns", "slow"), End);
        await Eventually.True(() => Seen.Count == 1);
        Rotate("two");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);
        Assert.Equal(2, OpenConnections);
        go.SetResult();

        Assert.Null(await slow);
        Assert.Equal(["CN=one", "CN=two"], Seen.Select(request => request.Subject));
        await Eventually.True(() => OpenConnections == 1);
    }

    [Theory]
    [InlineData("HTTP/2")]
    [InlineData("HTTP/1.1")]
    public async Task Rotation_WhileABodyIsRead_LetsItFinish(string protocol)
    {
        var go = new TaskCompletionSource();
        var begun = new TaskCompletionSource();
        var seen = Server.Intercept!;
        Server.Intercept = async (context, request) =>
        {
            await seen(context, request);
            if (!request.Path.EndsWith("/slow", StringComparison.Ordinal))
            {
                return false;
            }

            await context.Response.WriteAsync("""{"metadata":{"namespace":"ns",""");
            await context.Response.Body.FlushAsync();
            begun.SetResult();
            await go.Task;
            await context.Response.WriteAsync(""" "name":"slow"}}""");
            return true;
        };
        WriteCertificate("one");
        // Only HTTP/1.1 can repeat a header.
        var groups = protocol == "HTTP/1.1" ? new Impersonation("jane") { Groups = ["a", "b"] } : null;
        using var client = NewClient(Config(withCertificate: true, user: groups));
        var slow = client.GetAsync(Widget.Type, new("ns", "slow"), End);
        await begun.Task;
        Rotate("two");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);
        go.SetResult();

        Assert.Equal("slow", (await slow).Metadata.Name);
        Assert.Equal([("CN=one", protocol), ("CN=two", protocol)], Seen.Select(request => (request.Subject!, request.Protocol)));
        await Eventually.True(() => OpenConnections == 1);
    }

    [Fact]
    public async Task Rotation_DuringAWatch_InformerGoesOnWithoutANewList()
    {
        using var client = NewClient(WithCertificate("one"));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(End);
        var informer = new Informer<Widget>(client, Widget.Type, new() { MinBackoff = TimeSpan.FromMilliseconds(5) });
        var running = informer.RunAsync(stop.Token);
        await informer.WaitForSyncAsync(End);
        await Eventually.True(() => Watches == 1);
        Rotate("two");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.CreateAsync(Widget.Type, Widget.Named("a"), cancellationToken: End);

        await Eventually.True(() => Watches == 2 && informer.Store.Count == 1);
        Assert.Equal("CN=two", Seen.Last().Subject);
        Assert.Single(
            Server.Requests,
            request => request.Method == "GET" && !request.Query.Contains("watch=true", StringComparison.Ordinal)
        );
        await Eventually.True(() => OpenConnections == 1);
        await stop.CancelAsync();
        await running;
    }

    [Fact]
    public async Task Authority_Rotated_NewConnectionsTrustOnlyTheNewOne()
    {
        using var other = TestCertificates.Authority("other");
        var config = WithAuthorityFile();
        using var client = NewClient(config);
        await client.TryGetAsync(Widget.Type, A, End);
        Write("ca.crt", other.ExportCertificatePem());
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("NoAnswer", (await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End))).Reason);
        Serving = TestCertificates.Issue(other, "localhost");

        Assert.Null(await client.TryGetAsync(Widget.Type, A, End));
        Assert.Equal(2, Seen.Select(request => request.Connection).Distinct().Count());
        await Eventually.True(() => OpenConnections == 1);
    }

    [Fact]
    public async Task Authority_ServerRefusedWithTheOldOne_FileIsReadAgainAtOnce()
    {
        using var other = TestCertificates.Authority("other");
        Serving = TestCertificates.Issue(other, "localhost");
        using var client = NewClient(WithAuthorityFile());
        Assert.Equal("NoAnswer", (await Assert.ThrowsAsync<ApiException>(() => client.GetAsync(Widget.Type, A, End))).Reason);
        Write("ca.crt", other.ExportCertificatePem());

        Assert.Null(await client.TryGetAsync(Widget.Type, A, End));
    }

    [Fact]
    public async Task Authority_FileEmptyOrGone_OldOneServes()
    {
        using var client = NewClient(WithAuthorityFile());
        await client.TryGetAsync(Widget.Type, A, End);
        Write("ca.crt", "");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);
        File.Delete(Path.Combine(Folder, "ca.crt"));
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Single(Seen.Select(request => request.Connection).Distinct());
    }

    [Fact]
    public async Task Kubeconfig_WithFiles_ReloadsThem()
    {
        WriteCertificate("one");
        Write("ca.crt", Ca.ExportCertificatePem());
        var path = Write(
            "config",
            $$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u} }]
            clusters: [{name: c, cluster: {server: '{{Address}}', tls-server-name: localhost, certificate-authority: ca.crt} }]
            users: [{name: u, user: {client-certificate: tls.crt, client-key: tls.key} }]
            """
        );
        using var client = new KubeClient(KubeConfig.FromFile(path), new() { MaxRetries = 0 }, Clock);
        await client.TryGetAsync(Widget.Type, A, End);
        Rotate("two");
        Clock.Advance(TimeSpan.FromSeconds(10));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal(["CN=one", "CN=two"], Seen.Select(request => request.Subject));
    }

    [Fact]
    public async Task Plugin_WithClientCertificates_ConnectsWithTheNewOneAfterExpiry()
    {
        using var one = TestCertificates.Issue(Ca, "one");
        using var two = TestCertificates.Issue(Ca, "two");
        Write("1.json", Answer(one, Clock.GetUtcNow().AddSeconds(100)));
        Write("2.json", Answer(two, Clock.GetUtcNow().AddDays(1)));
        var script = Write("plugin", $"#!/bin/bash\ncd '{Folder}'\necho >> runs\ncat $(wc -l < runs).json\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var client = NewClient(Config(exec: new() { Command = script, ApiVersion = "client.authentication.k8s.io/v1" }));
        await client.TryGetAsync(Widget.Type, A, End);
        await client.TryGetAsync(Widget.Type, A, End);
        Clock.Advance(TimeSpan.FromSeconds(91));
        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal(["CN=one", "CN=one", "CN=two"], Seen.Select(request => request.Subject));
        Assert.Equal(2, Seen.Select(request => request.Connection).Distinct().Count());
        await Eventually.True(() => OpenConnections == 1);
    }

    [Fact]
    public async Task ClientCertificate_WithIntermediate_ServerGetsTheWholeChain()
    {
        using var intermediate = TestCertificates.Authority("intermediate", Ca);
        using var leaf = TestCertificates.Issue(intermediate, "me");
        var config = new KubeConfig
        {
            Server = Address,
            TlsServerName = "localhost",
            CertificateAuthority = [Ca],
            ClientCertificate = ClientCertificate.FromPem(
                $"{leaf.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}",
                TestCertificates.KeyPem(leaf)
            ),
        };
        using var client = NewClient(config);

        await client.TryGetAsync(Widget.Type, A, End);

        Assert.Equal("CN=me", Seen.Single().Subject);
        Assert.Equal(
            ["CN=intermediate"],
            config.ClientCertificate.Context.IntermediateCertificates.Select(certificate => certificate.Subject)
        );
    }

    private int Watches => Server.Requests.Count(request => request.Query.Contains("watch=true", StringComparison.Ordinal));

    private KubeConfig Config(
        string? authorityFile = null,
        bool withCertificate = false,
        ExecConfig? exec = null,
        Impersonation? user = null
    ) =>
        new()
        {
            Server = Address,
            TlsServerName = "localhost",
            CertificateAuthority = authorityFile is null ? [Ca] : null,
            CertificateAuthorityFile = authorityFile,
            ClientCertificateFile = withCertificate ? Path.Combine(Folder, "tls.crt") : null,
            ClientKeyFile = withCertificate ? Path.Combine(Folder, "tls.key") : null,
            Exec = exec,
            Impersonation = user,
            Clock = Clock,
        };

    private KubeConfig WithCertificate(string name)
    {
        WriteCertificate(name);
        return Config(withCertificate: true);
    }

    private KubeConfig WithAuthorityFile() => Config(Write("ca.crt", Ca.ExportCertificatePem()));

    private void Rotate(string name) => WriteCertificate(name);

    private void WriteCertificate(string name)
    {
        using var certificate = TestCertificates.Issue(Ca, name);
        Write("tls.crt", certificate.ExportCertificatePem());
        Write("tls.key", TestCertificates.KeyPem(certificate));
    }

    private static string Answer(X509Certificate2 certificate, DateTimeOffset expires) =>
        new System.Text.Json.Nodes.JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["kind"] = "ExecCredential",
            ["status"] = new System.Text.Json.Nodes.JsonObject
            {
                ["expirationTimestamp"] = expires.ToString("O"),
                ["clientCertificateData"] = certificate.ExportCertificatePem(),
                ["clientKeyData"] = TestCertificates.KeyPem(certificate),
            },
        }.ToJsonString();
}
