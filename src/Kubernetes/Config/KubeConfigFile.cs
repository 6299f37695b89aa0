using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Stromboli.Kubernetes;

/// <summary>
/// Reads kubeconfig files (client-go's <c>clientcmd/api/v1</c>): contexts, clusters, users. A field that it does not know is refused: such
/// a field may decide whom we trust, or who we are.
/// </summary>
internal static class KubeConfigFile
{
    private const string ExecExtension = "client.authentication.k8s.io/exec";
    private const string Usable = "use a token, a tokenFile, a client certificate or exec";

    private static readonly string[] ClusterFields =
    [
        "server",
        "tls-server-name",
        "insecure-skip-tls-verify",
        "certificate-authority",
        "certificate-authority-data",
        "proxy-url",
        "disable-compression",
        "extensions",
    ];

    private static readonly string[] UserFields =
    [
        "client-certificate",
        "client-certificate-data",
        "client-key",
        "client-key-data",
        "token",
        "tokenFile",
        "as",
        "as-uid",
        "as-groups",
        "as-user-extra",
        "exec",
        "extensions",
    ];

    private static readonly string[] ExecFields =
    [
        "apiVersion",
        "command",
        "args",
        "env",
        "installHint",
        "provideClusterInfo",
        "interactiveMode",
    ];

    /// <summary>Several files merge as kubectl does it: the first that names a thing wins.</summary>
    public static KubeConfig Load(IReadOnlyList<string> paths, string? contextName) =>
        LoadWith(paths, new KubeConfigOverrides { Context = contextName });

    /// <summary>As above, with what a command line says instead of the files.</summary>
    public static KubeConfig LoadWith(IReadOnlyList<string> paths, KubeConfigOverrides overrides)
    {
        List<KubeConfigNode> files = [.. paths.Where(p => paths.Count == 1 || File.Exists(p)).Select(KubeConfigNode.Read)];
        var where = string.Join(Path.PathSeparator, paths);
        var contextName = overrides.Context ?? files.Select(f => f.Text("current-context")).FirstOrDefault(c => c is not null);
        if (contextName is null && overrides.Server is null && overrides.Cluster is null)
        {
            throw new KubeConfigException($"'{where}' has no current context; name one.");
        }

        var context = contextName is null ? KubeConfigNode.Empty : Find(files, "contexts", "context", contextName, where);
        var clusterName =
            overrides.Cluster
            ?? (contextName is null || overrides.Server is not null ? context.Text("cluster") : context.Required("cluster"));
        var cluster = clusterName is null ? KubeConfigNode.Empty : Find(files, "clusters", "cluster", clusterName, where);
        var user = (overrides.User ?? context.Text("user")) is { } userName
            ? Find(files, "users", "user", userName, where)
            : KubeConfigNode.Empty;
        RefuseUnsupported(cluster, user);
        return Apply(Build(context, cluster, user, overrides), overrides);
    }

    /// <summary>The configuration with what a command line says instead.</summary>
    public static KubeConfig Apply(KubeConfig config, KubeConfigOverrides overrides)
    {
        var trusts = overrides.CertificateAuthorityFile is not null || overrides.SkipTlsVerify;
        // A credential of the command line takes the place of all others: a client certificate would win over a token.
        var proves = overrides.Token is not null || overrides.ClientCertificateFile is not null;
        if (overrides.CertificateAuthorityFile is not null && overrides.SkipTlsVerify)
        {
            throw new KubeConfigException("A certificate authority and skipping the verification of the server exclude each other.");
        }

        if (overrides.ClientCertificateFile is null != overrides.ClientKeyFile is null)
        {
            throw new KubeConfigException("A client certificate needs a client key, and a key its certificate.");
        }

        if (overrides.Token is { } token && !Credential.IsSendable(token))
        {
            throw new KubeConfigException("The token has a character that no token can have.");
        }

        return new()
        {
            Server = config.Server,
            Namespace = overrides.Namespace ?? config.Namespace,
            ProxyUrl = config.ProxyUrl,
            DisableCompression = config.DisableCompression,
            CertificateAuthority = trusts ? null : config.CertificateAuthority,
            CertificateAuthorityFile = trusts ? overrides.CertificateAuthorityFile : config.CertificateAuthorityFile,
            SkipTlsVerify = overrides.SkipTlsVerify || (config.SkipTlsVerify && !trusts),
            TlsServerName = overrides.TlsServerName ?? config.TlsServerName,
            ClientCertificate = proves ? null : config.ClientCertificate,
            ClientCertificateFile = proves ? overrides.ClientCertificateFile : config.ClientCertificateFile,
            ClientKeyFile = proves ? overrides.ClientKeyFile : config.ClientKeyFile,
            Token = proves ? overrides.Token : config.Token,
            TokenFile = proves ? null : config.TokenFile,
            Exec = proves ? null : config.Exec,
            Impersonation = overrides.Impersonation ?? config.Impersonation,
        };
    }

    private static KubeConfigNode Find(List<KubeConfigNode> files, string list, string kind, string name, string where) =>
        files.SelectMany(f => f.Items(list)).FirstOrDefault(item => item.Text("name") == name)?.Child(kind)
        ?? throw new KubeConfigException($"'{where}' has no {kind} '{name}'.");

    private static KubeConfig Build(KubeConfigNode context, KubeConfigNode cluster, KubeConfigNode user, KubeConfigOverrides overrides)
    {
        var certificate = Certificate(user);
        return new()
        {
            Server = overrides.Server ?? Url(cluster, "server", cluster.Required("server"), "http", "https"),
            Namespace = context.Text("namespace"),
            ProxyUrl = cluster.Text("proxy-url") is { } proxy ? Url(cluster, "proxy-url", proxy, "http", "https", "socks5") : null,
            DisableCompression = cluster.Flag("disable-compression"),
            CertificateAuthority = Authorities(cluster),
            CertificateAuthorityFile = cluster.Text("certificate-authority-data") is null ? cluster.PathOf("certificate-authority") : null,
            SkipTlsVerify = cluster.Flag("insecure-skip-tls-verify"),
            TlsServerName = cluster.Text("tls-server-name"),
            ClientCertificate = certificate,
            ClientCertificateFile = certificate is null ? user.PathOf("client-certificate") : null,
            ClientKeyFile = certificate is null ? user.PathOf("client-key") : null,
            Token = Token(user),
            TokenFile = user.PathOf("tokenFile"),
            Exec = user.Child("exec") is { } exec ? Exec(exec, cluster) : null,
            Impersonation = Impersonated(user),
        };
    }

    private static void RefuseUnsupported(KubeConfigNode cluster, KubeConfigNode user)
    {
        if (user.Has("auth-provider"))
        {
            throw new KubeConfigException($"{user} has an auth-provider, which Kubernetes dropped in 1.26; {Usable}.");
        }

        if (user.Has("username") || user.Has("password"))
        {
            throw new KubeConfigException($"{user} has a password, which Kubernetes dropped in 1.19; {Usable}.");
        }

        user.AllowOnly(UserFields);
        cluster.AllowOnly(ClusterFields);
        if (cluster.Flag("insecure-skip-tls-verify") && (cluster.Has("certificate-authority") || cluster.Has("certificate-authority-data")))
        {
            throw new KubeConfigException($"{cluster} has both a certificate-authority and insecure-skip-tls-verify; remove one.");
        }
    }

    // The address may hold the password of a proxy: the message does not repeat it.
    private static Uri Url(KubeConfigNode node, string field, string value, params string[] schemes) =>
        Uri.TryCreate(value, UriKind.Absolute, out var url) && schemes.Contains(url.Scheme) && url.Host.Length > 0
            ? url
            : throw new KubeConfigException(
                $"{node}: the {field} is not an address with the scheme {string.Join(", ", schemes[..^1])} or {schemes[^1]}."
            );

    private static X509Certificate2Collection? Authorities(KubeConfigNode cluster)
    {
        if (Data(cluster, "certificate-authority-data") is { } pem)
        {
            try
            {
                return PemFiles.ParseAuthorities(pem);
            }
            catch (CryptographicException e)
            {
                throw new KubeConfigException($"{cluster}: the certificate-authority-data cannot be used: {e.Message}", e);
            }
        }

        // Read now only to refuse a bad file at once.
        if (cluster.PathOf("certificate-authority") is { } path)
        {
            _ = Checked(cluster, () => PemFiles.ReadAuthorities(path));
        }

        return null;
    }

    // Null also for two files, which are read again later.
    private static ClientCertificate? Certificate(KubeConfigNode user)
    {
        var (certificate, key) = (Data(user, "client-certificate-data"), Data(user, "client-key-data"));
        var (certificateFile, keyFile) = (user.PathOf("client-certificate"), user.PathOf("client-key"));
        if ((certificate ?? certificateFile) is null != (key ?? keyFile) is null)
        {
            throw new KubeConfigException($"{user} has only one of client-certificate and client-key.");
        }

        if ((certificate ?? certificateFile) is null)
        {
            return null;
        }

        if (certificate is null && key is null)
        {
            _ = Checked(user, () => PemFiles.ReadCertificate(certificateFile!, keyFile!));
            return null;
        }

        try
        {
            // client-go: data takes precedence over a file.
            return Checked(
                user,
                () => ClientCertificate.FromPem(certificate ?? PemFiles.ReadText(certificateFile!), key ?? PemFiles.ReadText(keyFile!))
            );
        }
        catch (CryptographicException e)
        {
            throw new KubeConfigException($"{user}: the client certificate and its key cannot be used: {e.Message}", e);
        }
    }

    private static string? Token(KubeConfigNode user) =>
        user.Text("token") is not { } token ? null
        : Credential.IsSendable(token) ? token
        : throw new KubeConfigException($"{user}: the token has a character that no token can have.");

    private static ExecConfig Exec(KubeConfigNode exec, KubeConfigNode cluster)
    {
        exec.AllowOnly(ExecFields);
        var version = exec.Required("apiVersion");
        if (version is not ("client.authentication.k8s.io/v1" or "client.authentication.k8s.io/v1beta1"))
        {
            throw new KubeConfigException(
                $"{exec}: the apiVersion '{version}' is not client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1."
            );
        }

        // client-go: v1 demands it, v1beta1 takes IfAvailable for granted.
        var mode =
            exec.Text("interactiveMode")
            ?? (version.EndsWith("/v1beta1", StringComparison.Ordinal) ? "IfAvailable" : exec.Required("interactiveMode"));
        if (mode is not ("Never" or "IfAvailable"))
        {
            throw new KubeConfigException(
                mode == "Always"
                    ? $"{exec} needs a terminal (interactiveMode Always), which Stromboli does not have."
                    : $"{exec}: the interactiveMode '{mode}' is not Never, IfAvailable or Always."
            );
        }

        var command = exec.Required("command");
        return new()
        {
            Command = command.Contains(Path.DirectorySeparatorChar) ? exec.PathOf("command")! : command,
            Arguments = exec.Texts("args"),
            Environment = exec.Items("env")
                .GroupBy(item => item.Required("name"))
                .ToDictionary(same => same.Key, same => same.Last().Raw("value")),
            ApiVersion = version,
            InstallHint = exec.Text("installHint"),
            ProvideClusterInfo = exec.Flag("provideClusterInfo"),
            ClusterConfig = cluster.Items("extensions").FirstOrDefault(item => item.Text("name") == ExecExtension)?.Json("extension"),
        };
    }

    private static Impersonation? Impersonated(KubeConfigNode user)
    {
        var impersonation = new Impersonation(user.Text("as") ?? "")
        {
            Uid = user.Text("as-uid"),
            Groups = user.Texts("as-groups"),
            Extra = user.Child("as-user-extra") is { } extra
                ? extra.Names.ToDictionary(name => name, extra.Texts)
                : new Dictionary<string, IReadOnlyList<string>>(),
        };
        if (impersonation.User.Length == 0)
        {
            return impersonation is { Uid: null, Groups.Count: 0, Extra.Count: 0 }
                ? null
                : throw new KubeConfigException($"{user} impersonates a uid, groups or user-extra without a user; set as.");
        }

        IEnumerable<string> texts =
        [
            impersonation.User,
            impersonation.Uid ?? "",
            .. impersonation.Groups,
            .. impersonation.Extra.Values.SelectMany(values => values),
        ];
        return texts.Any(text => text.Any(char.IsControl))
            ? throw new KubeConfigException($"{user} impersonates a name with a control character.")
            : impersonation;
    }

    private static string? Data(KubeConfigNode node, string field)
    {
        if (node.Text(field) is not { } data)
        {
            return null;
        }

        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(data));
        }
        catch (FormatException e)
        {
            throw new KubeConfigException($"{node}: {field} is not base64.", e);
        }
    }

    private static T Checked<T>(KubeConfigNode node, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (KubeConfigException e)
        {
            throw new KubeConfigException($"{node}: {e.Message}", e);
        }
    }
}
