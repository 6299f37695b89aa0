using System.Security.Cryptography.X509Certificates;

namespace Stromboli.Kubernetes;

/// <summary>Where the API server is, whom to trust and who we are.</summary>
public sealed class KubeConfig
{
    /// <summary>Address, with a path if the server is behind one.</summary>
    public required Uri Server { get; init; }

    /// <summary>Namespace of the context, or the pod's own; null if none is named.</summary>
    public string? Namespace { get; init; }

    /// <summary>Certificates to trust; the machine's own if null.</summary>
    public X509Certificate2Collection? CertificateAuthority { get; init; }

    /// <summary>Whether the server's certificate is not checked at all.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>Name to find in the server's certificate; the address's host if null.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Our certificate with its key.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>A fixed bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>
    /// A file with the bearer token, read again at least every ten seconds and after a 401; goes before <see cref="Token"/>.
    /// </summary>
    public string? TokenFile { get; init; }

    /// <summary>
    /// What kubectl would use: the file given, else those named by <c>KUBECONFIG</c>, else the pod's service account, else
    /// <c>~/.kube/config</c>.
    /// </summary>
    /// <param name="path">Path of a kubeconfig, or null to search.</param>
    /// <param name="context">Context; the file's current one if null.</param>
    /// <exception cref="KubeConfigException">Nothing usable was found.</exception>
    public static KubeConfig Load(string? path = null, string? context = null)
    {
        if (path is not null)
        {
            return FromFile(path, context);
        }

        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } list)
        {
            return KubeConfigFile.Load(list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), context);
        }

        if (InClusterConfig.TryLoad() is { } inCluster)
        {
            return inCluster;
        }

        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        return File.Exists(home)
            ? FromFile(home, context)
            : throw new KubeConfigException(
                $"No way to the API server: give a kubeconfig, set KUBECONFIG, make '{home}', or run in a pod with a service account."
            );
    }

    /// <summary>Reads a kubeconfig file.</summary>
    /// <exception cref="KubeConfigException">It cannot be read or used.</exception>
    public static KubeConfig FromFile(string path, string? context = null) => KubeConfigFile.Load([path], context);

    /// <summary>The pod's own service account.</summary>
    /// <exception cref="KubeConfigException">This is not a pod with one.</exception>
    public static KubeConfig InCluster() =>
        InClusterConfig.TryLoad() ?? throw new KubeConfigException("This process does not run in a pod with a service account.");
}
