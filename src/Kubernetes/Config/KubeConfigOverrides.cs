namespace Stromboli.Kubernetes;

/// <summary>What a command line says in place of a kubeconfig, by kubectl's flags.</summary>
public sealed record KubeConfigOverrides
{
    /// <summary><c>--context</c>: the context to use.</summary>
    public string? Context { get; init; }

    /// <summary><c>--cluster</c>: the cluster to use, whatever the context says.</summary>
    public string? Cluster { get; init; }

    /// <summary><c>--user</c>: the user to use, whatever the context says.</summary>
    public string? User { get; init; }

    /// <summary><c>--namespace</c>.</summary>
    public string? Namespace { get; init; }

    /// <summary><c>--server</c>: the address of the API server.</summary>
    public Uri? Server { get; init; }

    /// <summary><c>--certificate-authority</c>: a PEM file with the authorities to trust.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary><c>--insecure-skip-tls-verify</c>.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary><c>--tls-server-name</c>.</summary>
    public string? TlsServerName { get; init; }

    /// <summary><c>--token</c>: a bearer token, in place of every credential of the user.</summary>
    public string? Token { get; init; }

    /// <summary><c>--client-certificate</c>, in place of every credential of the user. Needs <see cref="ClientKeyFile"/>.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary><c>--client-key</c>.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary><c>--as</c>, <c>--as-group</c> and <c>--as-uid</c>.</summary>
    public Impersonation? Impersonation { get; init; }
}
