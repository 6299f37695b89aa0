using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Kube;

/// <summary>A single etcd on loopback, without fsync.</summary>
public sealed class Etcd(StackHome home) : ServiceProcess(home, "etcd")
{
    /// <summary>Where clients reach it.</summary>
    public string Address => $"http://127.0.0.1:{Home.Ports.For("etcd")}";

    private string PeerAddress => $"http://127.0.0.1:{Home.Ports.For("etcd-peer")}";

    /// <inheritdoc/>
    protected override Task<ProcessSpec> DescribeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(
            new ProcessSpec([
                Artefacts.Binaries.At("etcd"),
                $"--data-dir={Path.Combine(Home.State, "etcd")}",
                $"--listen-client-urls={Address}",
                $"--advertise-client-urls={Address}",
                $"--listen-peer-urls={PeerAddress}",
                $"--initial-advertise-peer-urls={PeerAddress}",
                $"--initial-cluster=default={PeerAddress}",
                "--unsafe-no-fsync",
                "--log-level=warn",
            ])
        );

    /// <inheritdoc/>
    protected override Task<bool> IsReadyAsync(CancellationToken cancellationToken) =>
        HttpProbe.IsOkAsync($"{Address}/health", cancellationToken);
}
