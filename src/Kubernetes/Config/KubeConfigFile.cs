using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stromboli.Kubernetes;

/// <summary>Reads kubeconfig files (client-go's <c>clientcmd/api/v1</c>): contexts, clusters, users.</summary>
internal static class KubeConfigFile
{
    /// <summary>Several files merge as kubectl does it: the first that names a thing wins.</summary>
    public static KubeConfig Load(IReadOnlyList<string> paths, string? contextName)
    {
        List<KubeConfigNode> files = [.. paths.Where(p => paths.Count == 1 || File.Exists(p)).Select(KubeConfigNode.Read)];
        var where = string.Join(Path.PathSeparator, paths);
        contextName ??=
            files.Select(f => f.Text("current-context")).FirstOrDefault(c => c is not null)
            ?? throw new KubeConfigException($"'{where}' has no current context; name one.");
        var context = Find(files, "contexts", "context", contextName, where);
        var cluster = Find(files, "clusters", "cluster", context.Required("cluster"), where);
        var user = context.Text("user") is { } userName ? Find(files, "users", "user", userName, where) : null;
        return Build(context, cluster, user);
    }

    private static KubeConfigNode Find(List<KubeConfigNode> files, string list, string kind, string name, string where) =>
        files.SelectMany(f => f.Items(list)).FirstOrDefault(item => item.Text("name") == name)?.Child(kind)
        ?? throw new KubeConfigException($"'{where}' has no {kind} '{name}'.");

    private static KubeConfig Build(KubeConfigNode context, KubeConfigNode cluster, KubeConfigNode? user)
    {
        RefuseUnsupported(cluster, user);
        var server = cluster.Required("server");
        return new()
        {
            Server =
                Uri.TryCreate(server, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
                    ? uri
                    : throw new KubeConfigException($"{cluster}: '{server}' is not an http or https address."),
            Namespace = context.Text("namespace"),
            CertificateAuthority = Authority(cluster),
            SkipTlsVerify = cluster.Text("insecure-skip-tls-verify") == "true",
            TlsServerName = cluster.Text("tls-server-name"),
            ClientCertificate = user is null ? null : Certificate(user),
            // client-go: a token given in place goes before a file.
            Token = user?.Text("token"),
            TokenFile = user?.Text("token") is null ? user?.PathOf("tokenFile") : null,
        };
    }

    private static void RefuseUnsupported(KubeConfigNode cluster, KubeConfigNode? user)
    {
        if (user?.Child("exec") is { } exec)
        {
            throw new KubeConfigException(
                $"{user} gets its credential from the program '{exec.Text("command")}', which Stromboli does not run; use a token, a tokenFile or a client certificate."
            );
        }

        if (user?.Child("auth-provider") is not null)
        {
            throw new KubeConfigException(
                $"{user} uses an auth-provider, which Stromboli does not know; use a token, a tokenFile or a client certificate."
            );
        }

        if (user?.Text("username") is not null)
        {
            throw new KubeConfigException(
                $"{user} uses a password, which Kubernetes dropped in 1.19; use a token, a tokenFile or a client certificate."
            );
        }

        if (user?.Text("as") is not null)
        {
            throw new KubeConfigException($"{user} impersonates, which Stromboli does not do.");
        }

        if (cluster.Text("proxy-url") is not null)
        {
            throw new KubeConfigException($"{cluster} has a proxy-url, which Stromboli does not use; set HTTPS_PROXY instead.");
        }
    }

    private static X509Certificate2Collection? Authority(KubeConfigNode cluster)
    {
        if (Pem(cluster, "certificate-authority") is not { } pem)
        {
            return null;
        }

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new KubeConfigException($"{cluster}: the certificate-authority is not PEM: {e.Message}", e);
        }

        return authorities.Count > 0
            ? authorities
            : throw new KubeConfigException($"{cluster}: the certificate-authority holds no certificate.");
    }

    private static X509Certificate2? Certificate(KubeConfigNode user)
    {
        var certificate = Pem(user, "client-certificate");
        var key = Pem(user, "client-key");
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            throw new KubeConfigException($"{user} has only one of client-certificate and client-key.");
        }

        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException e)
        {
            throw new KubeConfigException($"{user}: client certificate and key cannot be used: {e.Message}", e);
        }
    }

    // client-go: data goes before a file.
    private static string? Pem(KubeConfigNode node, string field)
    {
        if (node.Text($"{field}-data") is { } data)
        {
            try
            {
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));
            }
            catch (FormatException e)
            {
                throw new KubeConfigException($"{node}: {field}-data is not base64.", e);
            }
        }

        if (node.PathOf(field) is not { } path)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{node}: {field} '{path}' cannot be read: {e.Message}", e);
        }
    }
}
