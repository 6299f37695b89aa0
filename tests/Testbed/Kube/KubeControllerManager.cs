using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Kube;

/// <summary>
/// kube-controller-manager with the controllers that a namespace's life needs: namespaces, service accounts, garbage collection.
/// </summary>
public sealed class KubeControllerManager(StackHome home, Pki pki, string kubeconfig) : ServiceProcess(home, "kube-controller-manager")
{
    private int Port => Home.Ports.For("kube-controller-manager");

    /// <inheritdoc/>
    protected override Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            new ProcessSpec([
                Artefacts.KubeControllerManager.At("kube-controller-manager"),
                $"--kubeconfig={kubeconfig}",
                $"--authentication-kubeconfig={kubeconfig}",
                $"--authorization-kubeconfig={kubeconfig}",
                "--controllers=namespace,serviceaccount,serviceaccount-token,garbagecollector,root-ca-cert-publisher,clusterrole-aggregation",
                $"--service-account-private-key-file={pki.AccountKey}",
                $"--root-ca-file={pki.Authority}",
                "--leader-elect=false",
                "--bind-address=127.0.0.1",
                $"--secure-port={Port}",
                "--port=0",
                $"--tls-cert-file={pki.Server}",
                $"--tls-private-key-file={pki.ServerKey}",
            ])
        );

    /// <inheritdoc/>
    protected override async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new KubeHttp(new Uri($"https://127.0.0.1:{Port}"), pki.Authority, token: null);
        return await http.IsOkAsync("/healthz", cancellationToken);
    }
}
