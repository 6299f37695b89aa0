namespace Stromboli.Kubernetes.Tests.Config;

public sealed class KubeConfigOverridesTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public KubeConfigOverridesTests() =>
        File.WriteAllText(
            _path,
            """
            current-context: one
            contexts:
            - {name: one, context: {cluster: c1, user: u1, namespace: work}}
            - {name: two, context: {cluster: c2, user: u2}}
            clusters:
            - {name: c1, cluster: {server: "https://one:6443", insecure-skip-tls-verify: true}}
            - {name: c2, cluster: {server: "https://two:6443"}}
            users:
            - {name: u1, user: {token: secret}}
            - {name: u2, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: sign-in, interactiveMode: Never}}}
            """
        );

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void ForCommandLine_NoOverrides_IsTheCurrentContext()
    {
        var config = Load(new());

        Assert.Equal(("https://one:6443/", "work", "secret", true), Parts(config));
    }

    [Fact]
    public void ForCommandLine_ContextClusterUserAndNamespace_TakeThePlaceOfTheFile()
    {
        var config = Load(
            new()
            {
                Context = "two",
                Cluster = "c1",
                User = "u1",
                Namespace = "other",
            }
        );

        Assert.Equal(("https://one:6443/", "other", "secret", true), Parts(config));
    }

    [Fact]
    public void ForCommandLine_Token_TakesThePlaceOfEveryCredential()
    {
        var config = Load(new() { Context = "two", Token = "mine" });

        Assert.Equal(("mine", null), (config.Token, config.Exec));
    }

    [Fact]
    public void ForCommandLine_ServerAndAuthority_AreTrustedByTheAuthorityOnly()
    {
        var config = Load(new() { Server = new Uri("https://three"), CertificateAuthorityFile = "/ca.crt" });

        Assert.Equal(("https://three/", "work", "secret", false), Parts(config));
        Assert.Equal("/ca.crt", config.CertificateAuthorityFile);
    }

    [Fact]
    public void ForCommandLine_Impersonation_TakesThePlaceOfTheFiles() =>
        Assert.Equal("jane", Load(new() { Impersonation = new("jane") }).Impersonation?.User);

    [Fact]
    public void ForCommandLine_ThingsThatExcludeEachOther_AreRefused()
    {
        Assert.Throws<KubeConfigException>(() => Load(new() { CertificateAuthorityFile = "/ca.crt", SkipTlsVerify = true }));
        Assert.Throws<KubeConfigException>(() => Load(new() { ClientCertificateFile = "/me.crt" }));
        Assert.Throws<KubeConfigException>(() => Load(new() { Token = "two words" }));
        Assert.Throws<KubeConfigException>(() => Load(new() { Context = "three" }));
    }

    private KubeConfig Load(KubeConfigOverrides overrides) => KubeConfig.ForCommandLine(_path, overrides);

    private static (string, string?, string?, bool) Parts(KubeConfig config) =>
        (config.Server.ToString(), config.Namespace, config.Token, config.SkipTlsVerify);
}
