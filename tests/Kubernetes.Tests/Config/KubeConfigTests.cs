using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Stromboli.Testing.ApiServer;

namespace Stromboli.Kubernetes.Tests.Config;

public sealed class KubeConfigTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("stromboli-kubeconfig").FullName;

    private static CancellationToken End => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void FromFile_CurrentContext_ItsClusterUserAndNamespace()
    {
        var config = KubeConfig.FromFile(
            Write(
                """
                apiVersion: v1
                kind: Config
                current-context: two
                contexts:
                - {name: one, context: {cluster: c1, user: u}}
                - {name: two, context: {cluster: c2, user: u, namespace: work}}
                clusters:
                - {name: c1, cluster: {server: "https://one:6443"}}
                - {name: c2, cluster: {server: "https://two:6443/base", tls-server-name: kubernetes, insecure-skip-tls-verify: true}}
                users:
                - {name: u, user: {token: secret}}
                """
            )
        );

        Assert.Equal("https://two:6443/base", config.Server.ToString());
        Assert.Equal(("work", "kubernetes", true, "secret"), (config.Namespace, config.TlsServerName, config.SkipTlsVerify, config.Token));
    }

    [Fact]
    public void FromFile_NamedContext_That()
    {
        var path = Write(Simple("token: t"));

        Assert.Equal("https://host:6443/", KubeConfig.FromFile(path, "x").Server.ToString());
        Assert.Contains(
            "no context 'y'",
            Assert.Throws<KubeConfigException>(() => KubeConfig.FromFile(path, "y")).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void FromFile_TokenFile_RelativeToTheKubeconfig() =>
        Assert.Equal(Path.Combine(_directory, "sub/token"), KubeConfig.FromFile(Write(Simple("tokenFile: sub/token"))).TokenFile);

    [Theory]
    [InlineData("exec: {command: aws}", "runs 'aws'|the program 'aws'")]
    [InlineData("auth-provider: {name: gcp}", "auth-provider")]
    [InlineData("username: me", "password")]
    [InlineData("client-certificate-data: AAAA", "only one of")]
    [InlineData("{client-certificate-data: '?', client-key-data: AAAA}", "not base64")]
    [InlineData("{client-certificate: nowhere, client-key: nowhere}", "cannot be read")]
    public void FromFile_WhatCannotBeUsed_RefusedWithASentence(string user, string expected)
    {
        var path = Write(Simple(user));

        var failure = Assert.Throws<KubeConfigException>(() => KubeConfig.FromFile(path));

        Assert.Contains(expected.Split('|')[^1], failure.Message, StringComparison.Ordinal);
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a list")]
    [InlineData("a: [")]
    public void FromFile_NoKubeconfig_Refused(string text) => Assert.Throws<KubeConfigException>(() => KubeConfig.FromFile(Write(text)));

    [Fact]
    public void FromFile_Missing_Refused() => Assert.Throws<KubeConfigException>(() => KubeConfig.FromFile("/nowhere/config"));

    [Fact]
    public void Load_TwoFiles_TheFirstThatNamesAThingWins()
    {
        var one = Write(
            "clusters: [{name: c, cluster: {server: 'https://one'}}]\ncontexts: [{name: x, context: {cluster: c, user: u}}]",
            "one"
        );
        var two = Write(Simple("token: t"), "two");

        var config = KubeConfigFile.Load([one, Path.Combine(_directory, "absent"), two], null);

        Assert.Equal(("https://one/", "t"), (config.Server.ToString(), config.Token));
    }

    [Fact]
    public void InCluster_ServiceAccount_TokenFileCaAndNamespace()
    {
        using var ca = Authority();
        File.WriteAllText(Path.Combine(_directory, "token"), "t");
        File.WriteAllText(Path.Combine(_directory, "namespace"), "mine\n");
        File.WriteAllText(Path.Combine(_directory, "ca.crt"), ca.ExportCertificatePem());

        var config = InClusterConfig.TryLoad(_directory, "fd00::1", "443")!;

        Assert.Equal("https://[fd00::1]/", config.Server.ToString());
        Assert.Equal(("mine", Path.Combine(_directory, "token")), (config.Namespace, config.TokenFile));
        Assert.Single(config.CertificateAuthority!);
        Assert.Null(InClusterConfig.TryLoad(_directory, null, null));
    }

    [Fact]
    public async Task Tls_CaAndClientCertificateFromTheKubeconfig_ConnectsByHttp2()
    {
        using var ca = Authority();
        using var serving = Issue(ca, "localhost");
        using var client = Issue(ca, "me");
        string? subject = null;
        string? protocol = null;
        await using var server = await FakeApiServer.StartAsync(kestrel: options =>
            options.Listen(
                IPAddress.Loopback,
                0,
                listen =>
                    listen.UseHttps(https =>
                    {
                        https.ServerCertificate = serving;
                        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
                        https.AllowAnyClientCertificate();
                    })
            )
        );
        server.Intercept = (context, _) =>
        {
            subject = context.Connection.ClientCertificate?.Subject;
            protocol = context.Request.Protocol;
            return Task.FromResult(false);
        };
        var config = KubeConfig.FromFile(
            Write(
                $$$"""
                current-context: x
                contexts: [{name: x, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: 'https://127.0.0.1:{{{server.Address.Port}}}', tls-server-name: localhost, certificate-authority-data: {{{Base64(
                    ca.ExportCertificatePem()
                )}}}}}]
                users: [{name: u, user: {client-certificate-data: {{{Base64(client.ExportCertificatePem())}}}, client-key-data: {{{Base64(
                    client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()
                )}}}}}]
                """
            )
        );
        using var kube = new KubeClient(config);

        Assert.Null(await kube.TryGetAsync(Widget.Type, new("ns", "a"), End));
        Assert.Equal("CN=me", subject);
        Assert.Equal("HTTP/2", protocol);
    }

    [Fact]
    public async Task Tls_OtherCaOrOtherName_Refused()
    {
        using var ca = Authority();
        using var other = Authority();
        using var serving = Issue(ca, "localhost");
        await using var server = await FakeApiServer.StartAsync(kestrel: options =>
            options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(serving))
        );
        var address = new Uri($"https://127.0.0.1:{server.Address.Port}");

        await RefusedAsync(
            new()
            {
                Server = address,
                TlsServerName = "localhost",
                CertificateAuthority = [other],
            }
        );
        await RefusedAsync(
            new()
            {
                Server = address,
                TlsServerName = "elsewhere",
                CertificateAuthority = [ca],
            }
        );
        await RefusedAsync(new() { Server = address, TlsServerName = "localhost" });

        using var insecure = new KubeClient(new() { Server = address, SkipTlsVerify = true });
        Assert.Null(await insecure.TryGetAsync(Widget.Type, new("ns", "a"), End));
    }

    private static async Task RefusedAsync(KubeConfig config)
    {
        using var kube = new KubeClient(config, new() { MaxRetries = 0 });
        Assert.Equal("NoAnswer", (await Assert.ThrowsAsync<ApiException>(() => kube.GetAsync(Widget.Type, new("ns", "a"), End))).Reason);
    }

    private static string Simple(string user) =>
        $"""
            current-context: x
            contexts:
            - name: x
              context:
                cluster: c
                user: u
            clusters:
            - name: c
              cluster:
                server: https://host:6443
            users:
            - name: u
              user: {(user.StartsWith('{') ? user : $"{{{user}}}")}
            """;

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static X509Certificate2 Authority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(1));
    }

    private static X509Certificate2 Issue(X509Certificate2 ca, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(
            ca,
            TimeProvider.System.GetUtcNow().AddMinutes(-5),
            TimeProvider.System.GetUtcNow().AddMinutes(30),
            RandomNumberGenerator.GetBytes(8)
        );
        return issued.CopyWithPrivateKey(key);
    }

    private string Write(string text, string name = "config")
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
