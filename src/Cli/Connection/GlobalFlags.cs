using System.CommandLine;
using System.Globalization;
using Stromboli.Cli.Output;
using Stromboli.Crds.Values;
using Stromboli.Kubernetes;

namespace Stromboli.Cli.Connection;

/// <summary>kubectl's global flags, as far as a kubeconfig's settings know them. They follow the plugin's name.</summary>
internal sealed class GlobalFlags
{
    private readonly Option<string?> _kubeConfig = Flag("--kubeconfig", "FILE", "The kubeconfig file to use.");
    private readonly Option<string?> _server = Flag("--server", "URL", "The address of the API server.", "-s");
    private readonly Option<string?> _authority = Flag("--certificate-authority", "FILE", "A PEM file with the authorities to trust.");
    private readonly Option<bool> _insecure = new("--insecure-skip-tls-verify")
    {
        Description = "Accept any certificate of the server. Insecure.",
        Recursive = true,
    };

    private readonly Option<string?> _serverName = Flag(
        "--tls-server-name",
        "NAME",
        "The name that the server's certificate must have, if not that of its address."
    );
    private readonly Option<string?> _token = Flag("--token", "TOKEN", "A bearer token, in place of the user's credentials.");
    private readonly Option<string?> _certificate = Flag(
        "--client-certificate",
        "FILE",
        "A PEM file with a client certificate, in place of the user's credentials."
    );
    private readonly Option<string?> _key = Flag("--client-key", "FILE", "A PEM file with the key of the client certificate.");
    private readonly Option<string?> _as = Flag("--as", "USER", "The user to act as.");
    private readonly Option<string?> _asUid = Flag("--as-uid", "UID", "The UID of the user to act as.");
    private readonly Option<string[]> _asGroups = new("--as-group")
    {
        HelpName = "GROUP",
        Description = "A group of the user to act as. May be repeated.",
        DefaultValueFactory = _ => [],
        Recursive = true,
    };

    private readonly Option<string?> _timeout = Flag(
        "--request-timeout",
        "DURATION",
        "How long one request may take, such as 30s or 1m; 0 for no limit. Streams have none. Default: 30s."
    );

    /// <summary>Adds the flags to the root of the commands.</summary>
    public GlobalFlags(Command root)
    {
        All =
        [
            Context,
            Namespace,
            _kubeConfig,
            Cluster,
            User,
            _server,
            _authority,
            _insecure,
            _serverName,
            _token,
            _certificate,
            _key,
            _as,
            _asUid,
            _asGroups,
            _timeout,
        ];
        foreach (var option in All)
        {
            root.Options.Add(option);
        }
    }

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All { get; }

    /// <summary><c>--context</c>.</summary>
    public Option<string?> Context { get; } = Flag("--context", "NAME", "The context of the kubeconfig to use.");

    /// <summary><c>--namespace</c>.</summary>
    public Option<string?> Namespace { get; } = Flag("--namespace", "NAME", "The namespace, if not the context's.", "-n");

    /// <summary><c>--cluster</c>.</summary>
    public Option<string?> Cluster { get; } = Flag("--cluster", "NAME", "The cluster of the kubeconfig to use.");

    /// <summary><c>--user</c>.</summary>
    public Option<string?> User { get; } = Flag("--user", "NAME", "The user of the kubeconfig to use.");

    /// <summary>The path of <c>--kubeconfig</c>; null without it.</summary>
    public string? KubeConfigPath(ParseResult parsed) => parsed.GetValue(_kubeConfig) is { } path ? Path.GetFullPath(path) : null;

    /// <summary>How a cluster is reached with these flags.</summary>
    /// <exception cref="UsageException">A flag has a value that is not valid.</exception>
    /// <exception cref="KubeConfigException">There is no way to a cluster.</exception>
    public KubeConfig Load(ParseResult parsed) =>
        KubeConfig.ForCommandLine(
            KubeConfigPath(parsed),
            new KubeConfigOverrides
            {
                Context = Text(parsed, Context),
                Cluster = Text(parsed, Cluster),
                User = Text(parsed, User),
                Namespace = Text(parsed, Namespace),
                Server = Text(parsed, _server) is { } server ? Server(server) : null,
                CertificateAuthorityFile = File(parsed, _authority),
                SkipTlsVerify = parsed.GetValue(_insecure),
                TlsServerName = Text(parsed, _serverName),
                Token = Text(parsed, _token),
                ClientCertificateFile = File(parsed, _certificate),
                ClientKeyFile = File(parsed, _key),
                Impersonation = Impersonated(parsed),
            }
        );

    /// <summary>How long one request may take.</summary>
    /// <exception cref="UsageException">The flag has a value that is not valid.</exception>
    public TimeSpan RequestTimeout(ParseResult parsed)
    {
        if (Text(parsed, _timeout) is not { } text)
        {
            return new KubeClientOptions().RequestTimeout;
        }

        var span = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : new GoDuration(text).Value;
        return span == TimeSpan.Zero ? Timeout.InfiniteTimeSpan
            : span > TimeSpan.Zero && span <= TimeSpan.FromDays(1) ? span.Value
            : throw new UsageException($"--request-timeout {text}: must be a duration such as 30s or 1m, at most 24h, or 0 for no limit");
    }

    private Impersonation? Impersonated(ParseResult parsed)
    {
        var (user, uid, groups) = (Text(parsed, _as), Text(parsed, _asUid), parsed.GetValue(_asGroups) ?? []);
        if (user is null)
        {
            return uid is null && groups.Length == 0 ? null : throw new UsageException("--as-uid and --as-group need --as");
        }

        return groups.Append(user).Append(uid ?? "").Any(text => text.Any(char.IsControl))
            ? throw new UsageException("--as, --as-uid and --as-group must not have control characters")
            : new Impersonation(user) { Uid = uid, Groups = groups };
    }

    private static string? Text(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { Length: > 0 } text ? text : null;

    private static string? File(ParseResult parsed, Option<string?> option) =>
        Text(parsed, option) is { } path ? Path.GetFullPath(path) : null;

    // Like kubectl, https is meant where no scheme is named.
    private static Uri Server(string text) =>
        Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : $"https://{text}", UriKind.Absolute, out var url)
        && url is { Scheme: "http" or "https", Host.Length: > 0 }
            ? url
            : throw new UsageException("--server: must be an http or https address");

    private static Option<string?> Flag(string name, string value, string description, params string[] aliases) =>
        new(name, aliases)
        {
            HelpName = value,
            Description = description,
            Recursive = true,
        };
}
