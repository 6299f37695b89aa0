using System.CommandLine;
using System.Text.RegularExpressions;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Values;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Pricing;
using Stromboli.Operator.Runs;

namespace Stromboli.Operator.Hosting;

/// <summary>The command line of the operator. A value that is no good is one sentence and exit code 2.</summary>
internal sealed partial class OperatorCommand
{
    /// <summary>The exit code for a command line that cannot be used.</summary>
    public const int UsageError = 2;

    /// <summary>What stands for the value of an option that names a file; it is an absolute path once it is read.</summary>
    internal const string FileValue = "FILE";

    private readonly Option<string?> _kubeConfig = FileOption(
        "--kubeconfig",
        "The kubeconfig to use; else KUBECONFIG, else the pod's service account, else ~/.kube/config."
    );
    private readonly Option<string?> _namespace = Text(
        "--namespace",
        "NAME",
        "The operator's own namespace; else that of the pod or of the kubeconfig, else stromboli-system."
    );
    private readonly Option<string?> _identity = Text(
        "--identity",
        "NAME",
        "Who this process is in the leader's Lease; else POD_NAME or the machine's name. A random suffix is added."
    );
    private readonly Option<string> _hubListen = Text("--hub-listen", "[HOST]:PORT", "Where bridges connect, with TLS.", ":8443");
    private readonly Option<string[]> _hubNames = new("--hub-name")
    {
        HelpName = "NAME",
        Description =
            "A DNS name or address under which bridges reach the hub, besides stromboli-hub, stromboli-hub.NAMESPACE and stromboli-hub.NAMESPACE.svc. May be repeated.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string> _healthListen = Text(
        "--health-listen",
        "[HOST]:PORT",
        "Where /healthz and /readyz are served, without TLS.",
        ":8080"
    );
    private readonly Option<string> _image = Text(
        "--default-image",
        "IMAGE",
        "The image of runs that name none, fully qualified.",
        "docker.io/library/debian:13"
    );
    private readonly Option<string> _model = Text(
        "--model-base-url",
        "URL",
        "The model's origin for runs that name none; https, or http on loopback.",
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
            "Lets runs give the CLI further options of their own (agent.claude.extraArgs). Off, since the policies of namespaces do not know each of them.",
    };

    private readonly Option<int> _cpuShares = new("--max-cpu-shares")
    {
        HelpName = "NUMBER",
        Description =
            "The largest resources.cpuShares that a run may ask for, from 2 to 262144: with more than 1024 it gets more of a busy node than runs that ask for nothing.",
        DefaultValueFactory = _ => RunOptions.UsualCpuShares,
    };

    private readonly Option<int> _namespaceRuns = new("--namespace-runs")
    {
        HelpName = "NUMBER",
        Description =
            "How many runs of one namespace that are not over are dealt with at once, from 1 to 1000000; the others wait, in order.",
        DefaultValueFactory = _ => 5000,
    };

    private readonly Option<string> _namespaceSpecs = Text(
        "--namespace-specs",
        "SIZE",
        "How much the specs of these runs that are larger than 4 KiB may have together, from 1Mi to 1Gi; the others wait, in order.",
        "32Mi"
    );

    private readonly Option<string[]> _serverTools = new("--allow-server-tool")
    {
        HelpName = "NAME",
        Description =
            "Lets runs use a tool that runs at the model's provider, for example web_search; also mcp_servers and container. Such a tool reaches a network from there. May be repeated.",
        DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _prices = FileOption("--prices", "A JSON file with what models cost, in place of the built-in table.");
    private readonly Option<int> _apiRate = new("--api-requests-per-second")
    {
        HelpName = "NUMBER",
        Description =
            "How many requests a second the operator may send to the API server, from 10 to 100000; twice as many after a quiet time.",
        DefaultValueFactory = _ => 1000,
    };

    private readonly Option<int> _reviewRate = new("--link-reviews-per-second")
    {
        HelpName = "NUMBER",
        Description =
            "How many questions a second about the bridges that connect the operator may ask of the API server, from 10 to 10000, three for each; three times as many after a quiet time.",
        DefaultValueFactory = _ => 200,
    };

    private readonly Option<string> _lostAfter = Duration(
        "--node-lost-after",
        "How long a node may be cut off before its runs are lost and may start elsewhere.",
        "10m"
    );
    private readonly Option<string> _lostGrace = Duration(
        "--node-lost-grace",
        "How much longer the operator waits than the node does.",
        "10s"
    );
    private readonly Option<string> _leaseDuration = Duration(
        "--lease-duration",
        "How long a standby waits for a leader that does not renew its Lease.",
        "15s"
    );
    private readonly Option<string> _renewDeadline = Duration(
        "--lease-renew-deadline",
        "How long a leader that cannot renew its Lease goes on.",
        "10s"
    );
    private readonly Option<string> _retryPeriod = Duration("--lease-retry-period", "How often the Lease is renewed or tried.", "2s");
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
                    _image,
                    _model,
                    _credentials,
                    _extraArgs,
                    _serverTools,
                    _cpuShares,
                    _namespaceRuns,
                    _namespaceSpecs,
                    _prices,
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

    /// <summary>What can be said on the command line.</summary>
    internal IEnumerable<Option> Options => _root.Options;

    /// <summary>Reads the command line and runs.</summary>
    public async Task<int> InvokeAsync(string[] args, TextWriter output, TextWriter error)
    {
        var parsed = _root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync(parsed.Errors[0].Message);
            return UsageError;
        }

        // The host handles the signals itself: it drains before it ends.
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
        var options = new OperatorOptions
        {
            KubeConfig = parsed.GetValue(_kubeConfig),
            Namespace = parsed.GetValue(_namespace),
            Identity = parsed.GetValue(_identity) ?? Environment.GetEnvironmentVariable("POD_NAME") ?? Environment.MachineName,
            HubListen = Listen(parsed, _hubListen),
            HubNames = [.. parsed.GetValue(_hubNames)!.Select(HubName)],
            HealthListen = Listen(parsed, _healthListen),
            DefaultImage = parsed.GetValue(_image)!,
            ModelBaseURL =
                ModelOrigin.Parse(parsed.GetValue(_model)!)
                ?? throw new UsageException(
                    $"--model-base-url {parsed.GetValue(_model)}: must be an https URL without user, query and fragment (http only on loopback)."
                ),
            ModelCredentialsSecret = parsed.GetValue(_credentials),
            AllowExtraArgs = parsed.GetValue(_extraArgs),
            MaxCpuShares = parsed.GetValue(_cpuShares) is >= RunLimits.MinCpuShares and <= RunLimits.MaxCpuShares and var shares
                ? shares
                : throw new UsageException(
                    $"{_cpuShares.Name} {parsed.GetValue(_cpuShares)}: must be from {RunLimits.MinCpuShares} to {RunLimits.MaxCpuShares}."
                ),
            NamespaceRuns = parsed.GetValue(_namespaceRuns) is >= 1 and <= 1_000_000 and var runs
                ? runs
                : throw new UsageException($"{_namespaceRuns.Name} {parsed.GetValue(_namespaceRuns)}: must be from 1 to 1000000."),
            NamespaceSpecBytes = new Quantity(parsed.GetValue(_namespaceSpecs)!).WholeUnits is >= 1 << 20 and <= 1 << 30 and var specs
                ? specs
                : throw new UsageException(
                    $"{_namespaceSpecs.Name} {parsed.GetValue(_namespaceSpecs)}: must be a size such as 32Mi, from 1Mi to 1Gi."
                ),
            AllowedServerTools = [.. parsed.GetValue(_serverTools)!.Select(ServerTool).Distinct()],
            Prices = parsed.GetValue(_prices) is { } file ? PriceTable.Load(file) : PriceTable.BuiltIn,
            ApiRequestsPerSecond = parsed.GetValue(_apiRate) is >= 10 and <= 100_000 and var rate
                ? rate
                : throw new UsageException($"{_apiRate.Name} {parsed.GetValue(_apiRate)}: must be from 10 to 100000."),
            LinkReviewsPerSecond = parsed.GetValue(_reviewRate) is >= 10 and <= 10_000 and var reviews
                ? reviews
                : throw new UsageException($"{_reviewRate.Name} {parsed.GetValue(_reviewRate)}: must be from 10 to 10000."),
            NodeLostAfter = Span(parsed, _lostAfter, TimeSpan.FromSeconds(1)),
            NodeLostGrace = Span(parsed, _lostGrace, TimeSpan.Zero),
            LeaseDuration = Span(parsed, _leaseDuration, TimeSpan.FromSeconds(1)),
            LeaseRenewDeadline = Span(parsed, _renewDeadline, TimeSpan.FromMilliseconds(500)),
            LeaseRetryPeriod = Span(parsed, _retryPeriod, TimeSpan.FromMilliseconds(100)),
        };
        if (options.LeaseRetryPeriod >= options.LeaseRenewDeadline || options.LeaseRenewDeadline >= options.LeaseDuration)
        {
            throw new UsageException(
                "--lease-retry-period must be shorter than --lease-renew-deadline, and that shorter than --lease-duration."
            );
        }

        if (options.LeaseDuration.Ticks % TimeSpan.TicksPerSecond != 0)
        {
            throw new UsageException("--lease-duration must be whole seconds.");
        }

        return options;
    }

    // Absolute as soon as it is read: the path must mean the same however late it is used.
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

    private static ServingName HubName(string text) =>
        ServingName.TryParse(text, out var name)
            ? name!
            : throw new UsageException($"--hub-name {text}: is neither a DNS name nor an address.");

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
