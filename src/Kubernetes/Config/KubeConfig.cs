using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stromboli.Kubernetes;

/// <summary>Where the API server is, whom to trust, and who we are.</summary>
public sealed class KubeConfig
{
    // Clients of one configuration share the plugin: one run serves them all.
    private readonly Lazy<ExecCredentialSource?> _plugin;

    /// <summary>Makes a configuration.</summary>
    public KubeConfig() =>
        _plugin = new(() => Exec is null ? null : new ExecCredentialSource(new CredentialPlugin(Exec, DescribeCluster, Clock), Clock));

    /// <summary>Address of the API server, with a path if the server is behind one.</summary>
    public required Uri Server { get; init; }

    /// <summary>Namespace of the context, or the pod's own; null if neither names one.</summary>
    public string? Namespace { get; init; }

    /// <summary>
    /// The proxy between us and the API server: http, https or socks5, with name and password if it asks for them. The proxy of the
    /// environment if null.
    /// </summary>
    public Uri? ProxyUrl { get; init; }

    /// <summary>Whether answers come uncompressed: faster where the network is.</summary>
    public bool DisableCompression { get; init; }

    /// <summary>
    /// Authorities to trust. Takes precedence over <see cref="CertificateAuthorityFile"/>; without either, the machine's authorities are
    /// trusted.
    /// </summary>
    public X509Certificate2Collection? CertificateAuthority { get; init; }

    /// <summary>
    /// A PEM file with the authorities to trust. It may change: it is read again at least every ten seconds while there are requests.
    /// </summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>Whether any certificate of the server is accepted.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>Name that the server's certificate must have; the host of the address if null.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Our certificate. Takes precedence over <see cref="ClientCertificateFile"/>.</summary>
    public ClientCertificate? ClientCertificate { get; init; }

    /// <summary>
    /// A PEM file with our certificate. It may change together with <see cref="ClientKeyFile"/>, like <see
    /// cref="CertificateAuthorityFile"/>.
    /// </summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>A PEM file with the private key of <see cref="ClientCertificateFile"/>.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>A fixed bearer token. With <see cref="TokenFile"/>, it serves until that file can be read.</summary>
    public string? Token { get; init; }

    /// <summary>A file with the bearer token, read again at least every ten seconds and after a 401.</summary>
    public string? TokenFile { get; init; }

    /// <summary>A program that prints our credential. It is not run if there is a token or a client certificate, as in client-go.</summary>
    public ExecConfig? Exec { get; init; }

    /// <summary>The user that requests are made as, if not our own.</summary>
    public Impersonation? Impersonation { get; init; }

    /// <summary>The clock of the shared plugin.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

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
                $"No way to the API server: pass a kubeconfig, set KUBECONFIG, create '{home}', or run in a pod with a service account."
            );
    }

    /// <summary>
    /// What kubectl would use with the same flags: the file given, else those named by <c>KUBECONFIG</c>, else <c>~/.kube/config</c>, else
    /// the pod's service account.
    /// </summary>
    /// <param name="path">Path of a kubeconfig, or null to search.</param>
    /// <param name="overrides">What the command line says.</param>
    /// <exception cref="KubeConfigException">Nothing usable was found.</exception>
    public static KubeConfig ForCommandLine(string? path, KubeConfigOverrides overrides)
    {
        ArgumentNullException.ThrowIfNull(overrides);
        if (path is not null)
        {
            return KubeConfigFile.LoadWith([path], overrides);
        }

        if (Environment.GetEnvironmentVariable("KUBECONFIG") is { Length: > 0 } list)
        {
            return KubeConfigFile.LoadWith(list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries), overrides);
        }

        var home = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".kube", "config");
        if (File.Exists(home))
        {
            return KubeConfigFile.LoadWith([home], overrides);
        }

        if (overrides is { Server: null, Context: null, Cluster: null, User: null } && InClusterConfig.TryLoad() is { } inCluster)
        {
            return KubeConfigFile.Apply(inCluster, overrides);
        }

        return overrides.Server is not null
            ? KubeConfigFile.LoadWith([], overrides)
            : throw new KubeConfigException(
                $"No way to the API server: pass --kubeconfig or --server, set KUBECONFIG, create '{home}', or run in a pod with a service account."
            );
    }

    /// <summary>Reads a kubeconfig file.</summary>
    /// <exception cref="KubeConfigException">The file cannot be read or used.</exception>
    public static KubeConfig FromFile(string path, string? context = null) => KubeConfigFile.Load([path], context);

    /// <summary>Where a client of this configuration gets its credential.</summary>
    /// <param name="clock">The client's clock.</param>
    internal ICredentialSource Credentials(TimeProvider clock)
    {
        if (TokenFile is not null)
        {
            return new TokenFile(TokenFile, Token, clock);
        }

        var hasOwn = Token is not null || ClientCertificate is not null || ClientCertificateFile is not null;
        return hasOwn || _plugin.Value is not { } plugin ? new FixedCredential(Token) : plugin;
    }

    private ExecCluster DescribeCluster()
    {
        var authorities =
            CertificateAuthority ?? (CertificateAuthorityFile is null ? null : PemFiles.ReadAuthorities(CertificateAuthorityFile));
        return new()
        {
            Server = Server.OriginalString,
            TlsServerName = TlsServerName,
            InsecureSkipTlsVerify = SkipTlsVerify,
            CertificateAuthorityData = authorities is null ? null : Encoding.ASCII.GetBytes(authorities.ExportCertificatePems()),
            ProxyUrl = ProxyUrl?.OriginalString,
            DisableCompression = DisableCompression,
            Config = Exec?.ClusterConfig,
        };
    }
}
