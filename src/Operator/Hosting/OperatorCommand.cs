using System.CommandLine;
using System.Net;
using System.Text.RegularExpressions;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Pricing;
using Stromboli.Telemetry.Logs;

namespace Stromboli.Operator.Hosting;

/// <summary>The command line of the operator. For a value that is not valid it prints one sentence and exits with code 2.</summary>
internal sealed partial class OperatorCommand
{
    /// <summary>The exit code for a command line that is not valid.</summary>
    public const int UsageError = 2;

    /// <summary>The placeholder for the value of an option that names a file. The value is made absolute when it is read.</summary>
    internal const string FileValue = "FILE";

    private readonly Option<string?> _kubeConfig = FileOption(
        "--kubeconfig",
        "The kubeconfig file. Default: KUBECONFIG, then the pod's service account, then ~/.kube/config."
    );
    private readonly Option<string?> _namespace = Text(
        "--namespace",
        "NAME",
        "The operator's own namespace. Default: the namespace of the pod or the kubeconfig, or stromboli-system."
    );
    private readonly Option<string?> _identity = Text(
        "--identity",
        "NAME",
        "The identity of this process in the leader's Lease. Default: POD_NAME or the machine's name. A random suffix is added."
    );
    private readonly Option<string> _hubListen = Text(
        "--hub-listen",
        "[HOST]:PORT",
        "The address on which bridges connect, with TLS.",
        ":8443"
    );
    private readonly Option<string[]> _hubNames = new("--hub-name")
    {
        HelpName = "NAME",
        Description =
            "A further DNS name or address under which bridges reach the hub, in addition to stromboli-hub, stromboli-hub.NAMESPACE and stromboli-hub.NAMESPACE.svc. May be repeated.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string> _healthListen = Text(
        "--health-listen",
        "[HOST]:PORT",
        "The address that serves /healthz, /readyz and /metrics, without TLS.",
        ":8080"
    );
    private readonly Option<string> _streamsListen = Text(
        "--streams-listen",
        "[HOST]:PORT",
        "The address on which the API server reads logs, files and conversations, with TLS.",
        ":6443"
    );
    private readonly Option<string?> _streamsAddress = Text(
        "--streams-address",
        "HOST:PORT",
        "The address under which other replicas reach that port. Default: POD_IP and the port."
    );
    private readonly Option<LogFormat> _logFormat = new("--log-format")
    {
        HelpName = "text|json",
        Description = "How the log is written: as lines for people, or as one JSON object on each line.",
        CustomParser = LogFormats.Parse,
    };
    private readonly Option<string> _image = Text(
        "--default-image",
        "IMAGE",
        "The image for runs that name none, fully qualified.",
        "docker.io/library/debian:13"
    );
    private readonly Option<string> _model = Text(
        "--model-base-url",
        "URL",
        "The model origin for runs that name none; https, or http on loopback.",
        "https://api.anthropic.com"
    );
    private readonly Option<string?> _credentials = Text(
        "--model-credentials-secret",
        "NAME",
        "The Secret in the operator's namespace with the credential for that origin, under api-key or oauth-token."
    );

    private readonly Option<bool> _extraArgs = new("--allow-extra-args")
    {
        Description =
            "Allows runs to pass further options to the CLI (agent.claude.extraArgs). Off by default, because the policies of namespaces do not know these options.",
    };

    private readonly Option<int> _cpuShares = new("--max-cpu-shares")
    {
        HelpName = "NUMBER",
        Description =
            "The largest resources.cpuShares that a run may request, from 2 to 262144. A run with more than 1024 gets more of a busy node than runs that request nothing.",
        DefaultValueFactory = _ => RunOptions.DefaultCpuShares,
    };

    private readonly Option<int> _namespaceRuns = new("--namespace-runs")
    {
        HelpName = "NUMBER",
        Description = "How many unfinished runs of one namespace are handled at one time, from 1 to 1000000. The others wait, in order.",
        DefaultValueFactory = _ => 5000,
    };

    private readonly Option<string> _namespaceSpecs = Text(
        "--namespace-specs",
        "SIZE",
        "How large the specs over 4 KiB among these runs may be together, from 1Mi to 1Gi. The other runs wait, in order.",
        "32Mi"
    );

    private readonly Option<string[]> _serverTools = new("--allow-server-tool")
    {
        HelpName = "NAME",
        Description =
            "Allows runs to use a tool that runs at the model's provider, for example web_search; also mcp_servers and container. Such a tool can reach networks from there. May be repeated.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _prices = FileOption(
        "--prices",
        "A JSON file with the prices of models, instead of the built-in table."
    );
    private readonly Option<string[]> _webhookHosts = new("--allow-webhook-host")
    {
        HelpName = "HOST",
        Description =
            "A host to which runs may send webhooks: a name, an IPv4 address, or *.NAME for all names below a name. May be repeated. Default: none.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string[]> _webhookNetworks = new("--allow-webhook-cidr")
    {
        HelpName = "CIDR",
        Description =
            "A private or loopback network in which these hosts may be, such as 10.1.0.0/16. May be repeated. Default: none, only public addresses.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _webhookAuthorities = FileOption(
        "--webhook-ca-file",
        "A PEM file with authorities that receivers' certificates may come from, in addition to those of the system."
    );

    private readonly Option<string> _webhookSchedule = Text(
        "--webhook-schedule",
        "DURATIONS",
        "The wait before each attempt to deliver a webhook, separated by commas, at most 16. Up to a fifth is added to each at random.",
        WebhookArguments.DefaultSchedule
    );

    private readonly Option<int> _apiRate = new("--api-requests-per-second")
    {
        HelpName = "NUMBER",
        Description = "The rate limit of requests to the API server, from 10 to 100000 per second. A burst may be twice as large.",
        DefaultValueFactory = _ => 1000,
    };

    private readonly Option<int> _reviewRate = new("--link-reviews-per-second")
    {
        HelpName = "NUMBER",
        Description =
            "The rate limit of reviews of bridges by the API server, from 10 to 10000 per second; each bridge needs three. A burst may be three times as large.",
        DefaultValueFactory = _ => 200,
    };

    private readonly Option<string> _lostAfter = Duration(
        "--node-lost-after",
        "How long a node may be cut off before its runs are lost and may start elsewhere.",
        "10m"
    );
    private readonly Option<string> _lostGrace = Duration("--node-lost-grace", "How much longer than the node the operator waits.", "10s");
    private readonly Option<string> _leaseDuration = Duration(
        "--lease-duration",
        "How long a standby waits for a leader that does not renew its Lease.",
        "15s"
    );
    private readonly Option<string> _renewDeadline = Duration(
        "--lease-renew-deadline",
        "How long a leader that cannot renew its Lease keeps leading.",
        "10s"
    );
    private readonly Option<string> _retryPeriod = Duration(
        "--lease-retry-period",
        "The interval at which the Lease is renewed or tried.",
        "2s"
    );
    private readonly RootCommand _root;

    /// <param name="run">Runs the operator and returns the exit code.</param>
    public OperatorCommand(Func<OperatorOptions, CancellationToken, Task<int>> run)
    {
        _root = new RootCommand("The Stromboli operator: runs AgentRuns on the nodes whose bridges connect to it.");
        foreach (
            var option in (Option[])
                [
                    _kubeConfig,
                    _namespace,
                    _identity,
                    _hubListen,
                    _hubNames,
                    _healthListen,
                    _streamsListen,
                    _streamsAddress,
                    _logFormat,
                    _image,
                    _model,
                    _credentials,
                    _extraArgs,
                    _serverTools,
                    _cpuShares,
                    _namespaceRuns,
                    _namespaceSpecs,
                    _prices,
                    _webhookHosts,
                    _webhookNetworks,
                    _webhookAuthorities,
                    _webhookSchedule,
                    _apiRate,
                    _reviewRate,
                    _lostAfter,
                    _lostGrace,
                    _leaseDuration,
                    _renewDeadline,
                    _retryPeriod,
                ]
        )
        {
            _root.Options.Add(option);
        }

        _root.SetAction(
            async (parsed, cancellationToken) =>
            {
                OperatorOptions options;
                try
                {
                    options = Read(parsed);
                }
                catch (UsageException e)
                {
                    await parsed.InvocationConfiguration.Error.WriteLineAsync(e.Message);
                    return UsageError;
                }

                return await run(options, cancellationToken);
            }
        );
    }

    /// <summary>The options of the command line.</summary>
    internal IEnumerable<Option> Options => _root.Options;

    /// <summary>Parses the command line and runs the operator.</summary>
    public async Task<int> InvokeAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync(parsed.Errors[0].Message);
            return UsageError;
        }

        // The host handles signals itself, because it drains before it exits.
        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = output,
                Error = error,
                ProcessTerminationTimeout = null,
                EnableDefaultExceptionHandler = false,
            }
        );
    }

    private OperatorOptions Read(ParseResult parsed)
    {
        var streams = Listen(parsed, _streamsListen);
        var options = new OperatorOptions
        {
            KubeConfig = parsed.GetValue(_kubeConfig),
            Namespace = parsed.GetValue(_namespace),
            Identity = parsed.GetValue(_identity) ?? Environment.GetEnvironmentVariable("POD_NAME") ?? Environment.MachineName,
            HubListen = Listen(parsed, _hubListen),
            HubNames = [.. parsed.GetValue(_hubNames)!.Select(HubName)],
            HealthListen = Listen(parsed, _healthListen),
            StreamsListen = streams,
            StreamsAddress = StreamsAddress(parsed.GetValue(_streamsAddress), streams.Port),
            LogFormat = parsed.GetValue(_logFormat),
            DefaultImage = parsed.GetValue(_image)!,
            ModelBaseURL = ModelOrigin(parsed.GetValue(_model)!),
            ModelCredentialsSecret = parsed.GetValue(_credentials),
            AllowExtraArgs = parsed.GetValue(_extraArgs),
            MaxCpuShares = Number(parsed, _cpuShares, RunLimits.MinCpuShares, RunLimits.MaxCpuShares),
            NamespaceRuns = Number(parsed, _namespaceRuns, 1, 1_000_000),
            NamespaceSpecBytes = SpecBytes(parsed),
            AllowedServerTools = [.. parsed.GetValue(_serverTools)!.Select(ServerTool).Distinct()],
            Prices = parsed.GetValue(_prices) is { } file ? LoadPrices(file) : PriceTable.BuiltIn,
            Webhooks = WebhookArguments.Read(
                parsed.GetValue(_webhookHosts)!,
                parsed.GetValue(_webhookNetworks)!,
                parsed.GetValue(_webhookAuthorities),
                parsed.GetValue(_webhookSchedule)!
            ),
            ApiRequestsPerSecond = Number(parsed, _apiRate, 10, 100_000),
            LinkReviewsPerSecond = Number(parsed, _reviewRate, 10, 10_000),
            NodeLostAfter = Span(parsed, _lostAfter, TimeSpan.FromSeconds(1)),
            NodeLostGrace = Span(parsed, _lostGrace, TimeSpan.Zero),
            LeaseDuration = Span(parsed, _leaseDuration, TimeSpan.FromSeconds(1)),
            LeaseRenewDeadline = Span(parsed, _renewDeadline, TimeSpan.FromMilliseconds(500)),
            LeaseRetryPeriod = Span(parsed, _retryPeriod, TimeSpan.FromMilliseconds(100)),
        };
        if (options.LeaseRetryPeriod >= options.LeaseRenewDeadline || options.LeaseRenewDeadline >= options.LeaseDuration)
        {
            throw new UsageException(
                "--lease-retry-period must be shorter than --lease-renew-deadline, which must be shorter than --lease-duration."
            );
        }

        if (options.LeaseDuration.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new UsageException("--lease-duration must be whole seconds.");
        }

        return options;
    }

    private long SpecBytes(ParseResult parsed) =>
        new Quantity(parsed.GetValue(_namespaceSpecs)!).WholeUnits is >= 1 << 20 and <= 1 << 30 and var bytes
            ? bytes
            : throw new UsageException(
                $"{_namespaceSpecs.Name} {parsed.GetValue(_namespaceSpecs)}: must be a size such as 32Mi, from 1Mi to 1Gi."
            );

    // The path is made absolute when it is read, so that it means the same whenever it is used.
    private static Option<string?> FileOption(string name, string description) =>
        new(name)
        {
            HelpName = FileValue,
            Description = description,
            CustomParser = result =>
            {
                if (result.Tokens.Single().Value is { Length: > 0 } path)
                {
                    return Path.GetFullPath(path);
                }

                result.AddError($"{name} needs the path of a file, but is empty.");
                return null;
            },
        };

    private static Option<string?> Text(string name, string value, string description) =>
        new(name) { HelpName = value, Description = description };

    private static Option<string> Text(string name, string value, string description, string preset) =>
        new(name)
        {
            HelpName = value,
            Description = description,
            DefaultValueFactory = _ => preset,
        };

    private static Option<string> Duration(string name, string description, string preset) => Text(name, "DURATION", description, preset);

    private static ListenAddress Listen(ParseResult parsed, Option<string> option) =>
        ListenAddress.TryParse(parsed.GetValue(option)!)
        ?? throw new UsageException($"{option.Name} {parsed.GetValue(option)}: must be [HOST]:PORT with an IP address or localhost.");

    private static string? StreamsAddress(string? given, int port)
    {
        if (given is null)
        {
            return IPAddress.TryParse(Environment.GetEnvironmentVariable("POD_IP"), out var pod)
                ? new IPEndPoint(pod, port).ToString()
                : null;
        }

        return
            Uri.TryCreate($"https://{given}/", UriKind.Absolute, out var origin)
            && origin is { UserInfo.Length: 0, AbsolutePath: "/", Query.Length: 0, Fragment.Length: 0 }
            && given.Contains(':', StringComparison.Ordinal)
            ? given
            : throw new UsageException($"--streams-address {given}: must be HOST:PORT.");
    }

    private static ServingName HubName(string text) =>
        ServingName.TryParse(text, out var name)
            ? name!
            : throw new UsageException($"--hub-name {text}: must be a DNS name or an address.");

    private static int Number(ParseResult parsed, Option<int> option, int min, int max) =>
        parsed.GetValue(option) is var number && number >= min && number <= max
            ? number
            : throw new UsageException($"{option.Name} {number}: must be from {min} to {max}.");

    private static Uri ModelOrigin(string text) =>
        ModelBaseUrl.Parse(text)
        ?? throw new UsageException(
            $"--model-base-url {text}: must be an https URL without user, query and fragment (http only on loopback)."
        );

    private static PriceTable LoadPrices(string file)
    {
        try
        {
            return PriceTable.Load(file);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--prices {file}: {e.Message}");
        }
    }

    private static string ServerTool(string text) =>
        ServerToolName().IsMatch(text)
            ? text
            : throw new UsageException(
                $"--allow-server-tool {text}: must be the name of a tool without the date of a version, such as web_search."
            );

    [GeneratedRegex(@"\A[a-z][a-z0-9_]{1,63}\z(?<!_2\d{7})", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ServerToolName();

    private static TimeSpan Span(ParseResult parsed, Option<string> option, TimeSpan least) =>
        new GoDuration(parsed.GetValue(option)!).Value is { } span && span >= least && span <= TimeSpan.FromDays(7)
            ? span
            : throw new UsageException(
                $"{option.Name} {parsed.GetValue(option)}: must be a duration such as 90s or 10m, from {GoDuration.Format(least)} to 168h."
            );
}
