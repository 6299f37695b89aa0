namespace Stromboli.Kubernetes;

/// <summary>What kubelet gives every pod with a service account.</summary>
internal static class InClusterConfig
{
    private const string Directory = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static KubeConfig? TryLoad() =>
        TryLoad(
            Directory,
            Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST"),
            Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT")
        );

    internal static KubeConfig? TryLoad(string directory, string? host, string? port)
    {
        var token = Path.Combine(directory, "token");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port) || !File.Exists(token))
        {
            return null;
        }

        var scope = Path.Combine(directory, "namespace");
        var authorities = Path.Combine(directory, "ca.crt");
        // Read now only to refuse a bad file at once.
        _ = PemFiles.ReadAuthorities(authorities);
        return new()
        {
            Server = new Uri($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}"),
            Namespace = File.Exists(scope) ? File.ReadAllText(scope).Trim() : null,
            CertificateAuthorityFile = authorities,
            TokenFile = token,
        };
    }
}
