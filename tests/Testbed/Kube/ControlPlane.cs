using System.Globalization;
using System.Security.Cryptography;
using Stromboli.Testbed.Processes;
using Stromboli.Testbed.Setup;
using Stromboli.Testbed.Stacks;

namespace Stromboli.Testbed.Kube;

/// <summary>
/// A Kubernetes control plane of real parts on loopback: etcd, kube-apiserver, kube-controller-manager, and the CRD server behind the
/// aggregator.
/// </summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private readonly StackHome _home;
    private readonly Pki _pki;
    private readonly Uri _address;

    /// <summary>The control plane of a stack; not started yet.</summary>
    public ControlPlane(StackHome home)
    {
        _home = home;
        _pki = new Pki(Path.Combine(home.State, "pki"));
        _address = KubeApiServer.AddressIn(home);
        KubeconfigPath = Path.Combine(home.Folder, "kubeconfig");
        var token = AdminToken(Path.Combine(home.State, "admin-token"));
        Kubeconfig.Write(KubeconfigPath, _address, _pki.Authority, token);
        Http = new KubeHttp(_address, _pki.Authority, token);
        Kubectl = new Kubectl(KubeconfigPath);
        Etcd = new Etcd(home);
        ApiServer = new KubeApiServer(home, _pki, Etcd, Http, token);
        if (Artefacts.KubeControllerManager.Exists)
        {
            ControllerManager = new KubeControllerManager(home, _pki, KubeconfigPath);
        }

        if (Artefacts.CrdServer.Exists)
        {
            CrdServer = new CrdServer(home, _pki, Etcd, KubeconfigPath, token);
        }
    }

    /// <summary>The admin's kubeconfig.</summary>
    public string KubeconfigPath { get; }

    /// <summary>The file with the key that signs the tokens of ServiceAccounts.</summary>
    public string AccountKeyPath => _pki.AccountKey;

    /// <summary>The address of the API server.</summary>
    public Uri Address => _address;

    /// <summary>Its keys and certificates.</summary>
    public Pki Pki => _pki;

    /// <summary>The API as an admin.</summary>
    public KubeHttp Http { get; }

    /// <summary>kubectl as an admin.</summary>
    public Kubectl Kubectl { get; }

    /// <summary>etcd.</summary>
    public Etcd Etcd { get; }

    /// <summary>kube-apiserver.</summary>
    public KubeApiServer ApiServer { get; }

    /// <summary>
    /// kube-controller-manager; null if the set-up made only what <c>make up</c> needs. Deleted namespaces and garbage stay then.
    /// </summary>
    public KubeControllerManager? ControllerManager { get; }

    /// <summary>
    /// The CRD server of a current Kubernetes; null if it could not be built from Debian sid. Then kube-apiserver 1.20 serves the CRDs,
    /// without CEL.
    /// </summary>
    public CrdServer? CrdServer { get; }

    /// <summary>Starts what does not run.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await Etcd.StartAsync(cancellationToken);
        await ApiServer.StartAsync(cancellationToken);
        await Task.WhenAll(
            ControllerManager?.StartAsync(cancellationToken) ?? Task.CompletedTask,
            CrdServer?.StartAsync(cancellationToken) ?? Task.CompletedTask
        );
        if (ControllerManager is null)
        {
            return;
        }
        // Until the controller has made it, no pod and no token can be created in the namespace.
        await Poll.UntilAsync(
            "the ServiceAccount of the default namespace exists",
            TimeSpan.FromSeconds(30),
            token => Http.IsOkAsync("/api/v1/namespaces/default/serviceaccounts/default", token),
            cancellationToken
        );
    }

    /// <summary>Whether every part runs.</summary>
    public bool IsRunning =>
        new ServiceProcess?[] { Etcd, ApiServer, ControllerManager, CrdServer }.All(process => process is null or { IsRunning: true });

    /// <summary>
    /// Deletes what an operator, its nodes and its users left, so that another installation finds a clean cluster: the contents of all
    /// namespaces except those of Kubernetes, the nodes, and the operator's own objects. CRDs, roles and accounts stay, since each
    /// installation applies them.
    /// </summary>
    public async Task ClearAsync(CancellationToken cancellationToken = default)
    {
        await StreamsRegistration.RemoveAsync(Http, cancellationToken);
        var namespaces = (await Http.GetAsync("/api/v1/namespaces", cancellationToken))!["items"]!
            .AsArray()
            .Select(item => item!["metadata"]!["name"]!.ToString())
            .Where(name => !name.StartsWith("kube-", StringComparison.Ordinal));
        foreach (var name in namespaces)
        {
            foreach (var kind in new[] { "agentruns", "agentsessions" })
            {
                await Http.DeleteAsync($"/apis/stromboli.dev/v1alpha1/namespaces/{name}/{kind}", cancellationToken);
            }

            if (name is not ("default" or OperatorProcess.Namespace))
            {
                await Http.DeleteAsync($"/api/v1/namespaces/{name}", cancellationToken);
            }
        }

        await Http.DeleteAsync("/apis/stromboli.dev/v1alpha1/agentnodes", cancellationToken);
        foreach (
            var kept in new[]
            {
                "/apis/coordination.k8s.io/v1/namespaces/{0}/leases",
                "/api/v1/namespaces/{0}/configmaps",
                "/api/v1/namespaces/{0}/secrets",
                "/api/v1/namespaces/{0}/events",
            }
        )
        {
            await Http.DeleteAsync(string.Format(CultureInfo.InvariantCulture, kept, OperatorProcess.Namespace), cancellationToken);
        }
    }

    /// <summary>Applies every CustomResourceDefinition in the YAML files of a folder, and waits until its objects can be written.</summary>
    public async Task InstallCrdsAsync(string folder, CancellationToken cancellationToken = default) =>
        await new CrdInstallation(Http, CrdServer, _pki).ApplyAsync(folder, cancellationToken);

    /// <summary>Makes a namespace and a ServiceAccount in it, unless they exist.</summary>
    public async Task EnsureAccountAsync(string ns, string account, CancellationToken cancellationToken = default)
    {
        await Http.CreateIfMissingAsync(
            "/api/v1/namespaces",
            $"{{apiVersion: v1, kind: Namespace, metadata: {{name: {ns}}}}}",
            cancellationToken
        );
        await Http.CreateIfMissingAsync(
            $"/api/v1/namespaces/{ns}/serviceaccounts",
            $"{{apiVersion: v1, kind: ServiceAccount, metadata: {{name: {account}, namespace: {ns}}}}}",
            cancellationToken
        );
    }

    /// <summary>Writes a kubeconfig that acts as a ServiceAccount.</summary>
    public async Task WriteAccountKubeconfigAsync(string path, string ns, string account, CancellationToken cancellationToken = default) =>
        Kubeconfig.Write(path, _address, _pki.Authority, await Http.RequestTokenAsync(ns, account, cancellationToken: cancellationToken));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (CrdServer is not null)
        {
            await CrdServer.DisposeAsync();
        }

        if (ControllerManager is not null)
        {
            await ControllerManager.DisposeAsync();
        }

        await ApiServer.DisposeAsync();
        await Etcd.DisposeAsync();
        Http.Dispose();
        await _home.DisposeAsync();
    }

    private static string AdminToken(string path)
    {
        if (!File.Exists(path))
        {
            File.WriteAllText(path, RandomNumberGenerator.GetHexString(32, lowercase: true));
        }

        return File.ReadAllText(path);
    }
}
