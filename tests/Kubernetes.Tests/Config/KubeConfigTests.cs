using System.Net;
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
    public void FromFile_CurrentContext_GivesClusterUserAndNamespace()
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
    public void FromFile_NamedContext_IsUsed()
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
    public void FromFile_TokenFile_IsRelativeToTheKubeconfig() =>
        Assert.Equal(Path.Combine(_directory, "sub/token"), KubeConfig.FromFile(Write(Simple("tokenFile: sub/token"))).TokenFile);

    [Theory]
    [InlineData("auth-provider: {name: gcp}", "auth-provider")]
    [InlineData("username: me", "password")]
    [InlineData("password: secret", "password")]
    [InlineData("client-certificate-data: AAAA", "only one of")]
    [InlineData("client-key: nowhere", "only one of")]
    [InlineData("{client-certificate-data: '?', client-key-data: AAAA}", "not base64")]
    [InlineData("{client-certificate-data: AAAA, client-key-data: AAAA}", "cannot be used")]
    [InlineData("{client-certificate: nowhere, client-key: nowhere}", "cannot be read")]
    [InlineData("token: 'two words'", "a character that no token can have")]
    [InlineData("token: [a]", "token is not a text")]
    [InlineData("tokenFiles: x", "the field 'tokenFiles', which Stromboli does not know")]
    [InlineData("as-groups: [a]", "without a user")]
    [InlineData("as-uid: a", "without a user")]
    [InlineData("{as: a, as-groups: b}", "as-groups is not a list of texts")]
    [InlineData("as: \"a\\nImpersonate-Group: b\"", "a control character")]
    [InlineData("exec: {command: aws}", "no apiVersion")]
    [InlineData(
        "exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: aws}",
        "apiVersion 'client.authentication.k8s.io/v1alpha1' is not"
    )]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: aws}", "no interactiveMode")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, interactiveMode: Always}", "needs a terminal")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1, command: aws, interactiveMode: Maybe}", "'Maybe' is not")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1beta1}", "no command")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, env: [{value: x}]}", "no name")]
    [InlineData("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws, shell: true}", "the field 'shell'")]
    [InlineData("exec: aws", "exec is not a mapping")]
    public void FromFile_UnusableUser_RefusedWithASentence(string user, string expected) => Refused(Simple(user), expected);

    [Theory]
    [InlineData("proxy-url: 'ftp://me:SECRET@host'", "the proxy-url is not an address with the scheme http, https or socks5")]
    [InlineData("proxy-url: host:3128", "the proxy-url is not an address")]
    [InlineData("insecure-skip-tls-verify: sometimes", "insecure-skip-tls-verify is not true or false")]
    [InlineData("insecure-skip-tls-verify: true, certificate-authority-data: AAAA", "remove one")]
    [InlineData("certificate-authority-data: AAAA", "holds no PEM certificate")]
    [InlineData("certificate-authority: nowhere", "cannot be read")]
    [InlineData("ca-file: x", "the field 'ca-file'")]
    public void FromFile_UnusableCluster_RefusedWithASentence(string cluster, string expected)
    {
        var message = Refused(Simple("token: t", cluster), expected);

        Assert.DoesNotContain("SECRET", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFile_Exec_ReadsEveryField()
    {
        var config = KubeConfig.FromFile(
            Write(
                Simple(
                    "exec: {apiVersion: client.authentication.k8s.io/v1, command: bin/plugin, args: [get, '--x', 7], "
                        + "env: [{name: A, value: '1'}, {name: A, value: '2'}, {name: B}], "
                        + "installHint: Install it., provideClusterInfo: true, interactiveMode: IfAvailable}",
                    "extensions: [{name: other, extension: 1}, {name: client.authentication.k8s.io/exec, "
                        + "extension: {audience: x, n: 5, on: true, nothing: null, list: [1.5, 'true']}}]"
                )
            )
        );

        var exec = config.Exec!;
        Assert.Equal(
            (Path.Combine(_directory, "bin/plugin"), "client.authentication.k8s.io/v1", "Install it."),
            (exec.Command, exec.ApiVersion, exec.InstallHint)
        );
        Assert.Equal(["get", "--x", "7"], exec.Arguments);
        Assert.Equal(["A=2", "B="], exec.Environment.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.True(exec.ProvideClusterInfo);
        Assert.Equal("""{"audience":"x","n":5,"on":true,"nothing":null,"list":[1.5,"true"]}""", exec.ClusterConfig!.ToJsonString());
    }

    [Fact]
    public void FromFile_ExecByName_StaysAName() =>
        Assert.Equal(
            "aws",
            KubeConfig.FromFile(Write(Simple("exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}"))).Exec!.Command
        );

    [Fact]
    public void FromFile_ImpersonationAndProxy_ReadsEveryField()
    {
        var config = KubeConfig.FromFile(
            Write(
                Simple(
                    "{token: t, as: jane, as-uid: u-1, as-groups: [a, b], as-user-extra: {scopes: [x, y], reason: [z]}}",
                    "proxy-url: 'socks5://proxy:1080', disable-compression: true"
                )
            )
        );

        var user = config.Impersonation!;
        Assert.Equal(("jane", "u-1", "a b"), (user.User, user.Uid, string.Join(' ', user.Groups)));
        Assert.Equal(["scopes=x,y", "reason=z"], user.Extra.Select(pair => $"{pair.Key}={string.Join(',', pair.Value)}"));
        Assert.Equal(("socks5://proxy:1080", true), (config.ProxyUrl!.OriginalString, config.DisableCompression));
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
    public void InCluster_ServiceAccount_GivesTokenFileAuthorityAndNamespace()
    {
        using var ca = TestCertificates.Authority();
        File.WriteAllText(Path.Combine(_directory, "token"), "t");
        File.WriteAllText(Path.Combine(_directory, "namespace"), "mine\n");
        File.WriteAllText(Path.Combine(_directory, "ca.crt"), ca.ExportCertificatePem());

        var config = InClusterConfig.TryLoad(_directory, "fd00::1", "443")!;

        Assert.Equal("https://[fd00::1]/", config.Server.ToString());
        Assert.Equal(("mine", Path.Combine(_directory, "token")), (config.Namespace, config.TokenFile));
        Assert.Equal(Path.Combine(_directory, "ca.crt"), config.CertificateAuthorityFile);
        Assert.Null(InClusterConfig.TryLoad(_directory, null, null));
    }

    [Fact]
    public async Task Tls_CaAndClientCertificateFromTheKubeconfig_ConnectsByHttp2()
    {
        using var ca = TestCertificates.Authority();
        using var serving = TestCertificates.Issue(ca, "localhost");
        using var client = TestCertificates.Issue(ca, "me");
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
                clusters: [{name: c, cluster: {server: 'https://127.0.0.1:{{{server.Address.Port}}}', tls-server-name: localhost, certificate-authority-data: {{{TestCertificates.Base64(
                    ca.ExportCertificatePem()
                )}}}}}]
                users: [{name: u, user: {client-certificate-data: {{{TestCertificates.Base64(client.ExportCertificatePem())}}}, client-key-data: {{{TestCertificates.Base64(
                    TestCertificates.KeyPem(client)
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
        using var ca = TestCertificates.Authority();
        using var other = TestCertificates.Authority();
        using var serving = TestCertificates.Issue(ca, "localhost");
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

    private string Refused(string text, string expected)
    {
        var path = Write(text);

        var message = Assert.Throws<KubeConfigException>(() => KubeConfig.FromFile(path)).Message;

        Assert.Contains(expected, message, StringComparison.Ordinal);
        Assert.Contains(path, message, StringComparison.Ordinal);
        return message;
    }

    private static string Simple(string user, string? cluster = null) =>
        $$"""
            current-context: x
            contexts:
            - name: x
              context:
                cluster: c
                user: u
            clusters:
            - name: c
              cluster: {server: 'https://host:6443'{{(cluster is null ? "" : $", {cluster}")}} }
            users:
            - name: u
              user: {{(user.StartsWith('{') ? user : $"{{{user}}}")}}
            """;

    private string Write(string text, string name = "config")
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
