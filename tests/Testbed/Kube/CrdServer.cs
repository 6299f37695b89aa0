using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Kube;

/// <summary>
/// The CRD server of a current Kubernetes behind kube-apiserver's aggregator, with the CEL rules and selectable fields that users have.
/// </summary>
public sealed class CrdServer(StackHome home, Pki pki, Etcd etcd, string kubeconfig, string adminToken) : ServiceProcess(home, "crd-server")
{
    /// <summary>The port on which the aggregator reaches it.</summary>
    public int Port => Home.Ports.For("crd-server");

    /// <summary>A client that talks to it directly, past the aggregator, as an admin. The caller disposes it.</summary>
    public KubeHttp Connect() => new(new Uri($"https://127.0.0.1:{Port}"), pki.Authority, adminToken);

    /// <inheritdoc/>
    protected override Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            new ProcessSpec([
                Artefacts.CrdServer.At("crd-server"),
                $"--etcd-servers={etcd.Address}",
                "--etcd-prefix=/crd-server",
                "--bind-address=127.0.0.1",
                $"--secure-port={Port}",
                $"--tls-cert-file={pki.Server}",
                $"--tls-private-key-file={pki.ServerKey}",
                $"--kubeconfig={kubeconfig}",
                $"--authentication-kubeconfig={kubeconfig}",
                $"--authorization-kubeconfig={kubeconfig}",
                // A right that a test has just granted or revoked must take effect at once.
                "--authentication-token-webhook-cache-ttl=1s",
                "--authorization-webhook-cache-authorized-ttl=1s",
                "--authorization-webhook-cache-unauthorized-ttl=1s",
                // These plugins ask the core for kinds that 1.20 does not have.
                "--enable-priority-and-fairness=false",
                "--disable-admission-plugins=ValidatingAdmissionPolicy,MutatingAdmissionPolicy",
            ])
        );

    /// <inheritdoc/>
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var http = Connect();
        return await http.IsOkAsync("/readyz", cancellationToken);
    }
}
