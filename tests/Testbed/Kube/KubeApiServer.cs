using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Kube;

/// <summary>kube-apiserver 1.20: all of Kubernetes except our own group, which it delegates to the <see cref="CrdServer"/>.</summary>
public sealed class KubeApiServer(StackHome home, Pki pki, Etcd etcd, KubeHttp http, string adminToken)
    : ServiceProcess(home, "kube-apiserver")
{
    private string TokenFile => Path.Combine(Home.State, "tokens.csv");

    /// <summary>Where a stack's kube-apiserver listens.</summary>
    public static Uri AddressIn(StackHome home) => new($"https://127.0.0.1:{home.Ports.For("kube-apiserver")}");

    /// <inheritdoc/>
    protected override async Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(TokenFile, $"{adminToken},testbed-admin,testbed-admin,system:masters\n", cancellationToken);
        return new ProcessSpec([
            Artefacts.KubeApiServer.At("kube-apiserver"),
            $"--etcd-servers={etcd.Address}",
            "--bind-address=127.0.0.1",
            $"--secure-port={Home.Ports.For("kube-apiserver")}",
            "--insecure-port=0",
            $"--tls-cert-file={pki.Server}",
            $"--tls-private-key-file={pki.ServerKey}",
            "--service-account-issuer=https://kubernetes.default.svc",
            $"--service-account-key-file={pki.AccountKey}",
            $"--service-account-signing-key-file={pki.AccountKey}",
            "--authorization-mode=RBAC",
            $"--token-auth-file={TokenFile}",
            // No client has a certificate, but the CRD server reads this authority from kube-system.
            $"--client-ca-file={pki.Authority}",
            $"--requestheader-client-ca-file={pki.FrontProxyAuthority}",
            "--requestheader-allowed-names=front-proxy",
            "--requestheader-username-headers=X-Remote-User",
            "--requestheader-group-headers=X-Remote-Group",
            "--requestheader-extra-headers-prefix=X-Remote-Extra-",
            $"--proxy-client-cert-file={pki.FrontProxyClient}",
            $"--proxy-client-key-file={pki.FrontProxyClientKey}",
            "--service-cluster-ip-range=10.255.0.0/24",
            // The addresses of the "kubernetes" Service would be loopback, which Endpoints may not hold.
            "--endpoint-reconciler-type=none",
            "--v=1",
        ]);
    }

    /// <inheritdoc/>
    protected override Task<bool> IsReadyAsync(CancellationToken cancellationToken) => http.IsOkAsync("/readyz", cancellationToken);
}
