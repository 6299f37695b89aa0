using Stromboli.Crds.Defaults;
using Stromboli.Kubernetes;
using Stromboli.NodeLink;
using Stromboli.Operator.Authorization;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Decisions;
using Stromboli.Operator.Election;
using Stromboli.Operator.Hub;
using Stromboli.Operator.Inputs;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Runs;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Stores;
using Stromboli.Operator.Streams;
using Stromboli.Operator.Streams.Relays;
using Stromboli.Operator.Telemetry;
using Stromboli.Operator.Webhooks;
using Stromboli.Telemetry.Export;

namespace Stromboli.Operator.Hosting;

/// <summary>Registers the parts of the operator. Each part is registered by an extension method in its own folder.</summary>
internal static class OperatorServices
{
    private const string LeaseName = "stromboli-operator";

    /// <summary>Adds all parts of the operator.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The options of the command line.</param>
    /// <param name="config">The API server to connect to.</param>
    /// <param name="namespace">The operator's namespace.</param>
    /// <param name="environment">The variables of OpenTelemetry.</param>
    public static IServiceCollection AddOperator(
        this IServiceCollection services,
        OperatorOptions options,
        KubeConfig config,
        string @namespace,
        OtelEnvironment environment
    )
    {
        var identity = $"{options.Identity}_{Guid.NewGuid().ToString("N")[..8]}";
        var runs = RunOptionsOf(options, @namespace);
        return services
            .AddSingleton<TimeProvider>(BootTimeProvider.Instance)
            .AddLeaderElection(config, ElectionOf(options, @namespace, identity), options.ApiRequestsPerSecond)
            .AddEvents(identity)
            .AddOperatorMetrics(identity, environment, options.Prices.Models, s => s.GetRequiredService<RunQueue>().Lengths())
            .AddCertificates([.. ServingName.ForHub(@namespace, options.HubNames), .. ServingName.ForStreams(@namespace)])
            .AddStores(runs.Defaults)
            .AddNodes(new NodeLeaseOptions(options.NodeLostAfter, options.NodeLostGrace))
            .AddLinkAuthorization(@namespace, options.LinkReviewsPerSecond)
            .AddNodeHub(HubOptionsOf(options))
            .AddScheduling()
            .AddInputs(runs.Inputs)
            .AddSessions()
            .AddRuns(runs)
            .AddStreams(new NamespacedName(@namespace, LeaseName))
            .AddWebhooks(options.Webhooks)
            .AddSingleton<HealthEndpoint>();
    }

    private static LeaderElectionOptions ElectionOf(OperatorOptions options, string @namespace, string identity) =>
        new()
        {
            Lease = new NamespacedName(@namespace, LeaseName),
            Identity = identity,
            Annotations = options.StreamsAddress is { } address
                ? new Dictionary<string, string> { [LeaderAddress.Annotation] = address }
                : new Dictionary<string, string>(),
            LeaseDuration = options.LeaseDuration,
            RenewDeadline = options.LeaseRenewDeadline,
            RetryPeriod = options.LeaseRetryPeriod,
        };

    private static HubOptions HubOptionsOf(OperatorOptions options) =>
        new() { Prices = options.Prices.Models, ServerTools = options.Prices.Allow(options.AllowedServerTools) };

    private static RunOptions RunOptionsOf(OperatorOptions options, string @namespace) =>
        new()
        {
            Defaults = new RunDefaults { Image = options.DefaultImage, ModelOrigin = options.ModelBaseURL },
            Inputs = new InputOptions
            {
                DefaultCredential = options.ModelCredentialsSecret is { } name ? new CredentialSource(@namespace, name) : null,
            },
            NodeLostAfter = options.NodeLostAfter,
            AllowExtraArgs = options.AllowExtraArgs,
            MaxCpuShares = options.MaxCpuShares,
            WebhookHosts = options.Webhooks.Hosts,
            NamespaceRuns = options.NamespaceRuns,
            NamespaceSpecBytes = options.NamespaceSpecBytes,
        };
}
