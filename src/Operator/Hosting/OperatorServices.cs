using System.Diagnostics.Metrics;
using Stromboli.Crds;
using Stromboli.Crds.Defaults;
using Stromboli.Crds.Nodes;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;
using Stromboli.NodeLink;
using Stromboli.Operator.Certificates;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Runs;
using Stromboli.Operator.Sessions;
using Stromboli.Operator.Telemetry;

namespace Stromboli.Operator.Hosting;

/// <summary>Wires the operator.</summary>
internal static class OperatorServices
{
    private const string LeaseName = "stromboli-operator";
    private const string FieldManager = "stromboli-operator";

    /// <summary>Adds everything.</summary>
    public static IServiceCollection AddOperator(
        this IServiceCollection services,
        OperatorOptions options,
        KubeConfig config,
        string @namespace
    )
    {
        var identity = $"{options.Identity}_{Guid.NewGuid().ToString("N")[..8]}";
        services.AddSingleton(options);
        services.AddSingleton<TimeProvider>(BootTimeProvider.Instance);
        services.AddSingleton<ExitCode>();
        services.AddHostedService<LeaderService>();
        services.AddElection(options, config, @namespace, identity);
        services.AddCertificates(options, @namespace);
        services.AddSingleton(s => new EventRecorder(
            s.GetRequiredService<KubeClient>(),
            new EventRecorderOptions { ReportingController = "stromboli.dev/operator", ReportingInstance = identity },
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<EventRecorder>>()
        ));
        services.AddNodes(options);
        services.AddSingleton(RunOptionsOf(options, @namespace));
        services.AddRuns();
        services.AddSingleton(s => new LeaderTask("The event recorder", s.GetRequiredService<EventRecorder>().RunAsync));
        services.AddSingleton(s => new LeaderTask(
            "The informer of agentsessions",
            s.GetRequiredService<Informer<AgentSession>>().RunAsync
        ));
        services.AddSingleton(s => new LeaderSync(s.GetRequiredService<Informer<AgentSession>>().WaitForSyncAsync));
        services.AddSingleton(s => new SessionController(
            s.GetRequiredService<KubeClient>(),
            s.GetRequiredService<SessionStore>(),
            s.GetRequiredService<SessionWriter>(),
            s.GetRequiredService<RunStore>(),
            s.GetRequiredService<RunSignals>(),
            s.GetRequiredService<INodeRegistry>(),
            s.GetRequiredService<NodeHub>().SendSessionGone,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILoggerFactory>()
        ));
        services.AddSingleton(s => new LeaderTask("The session controller", s.GetRequiredService<SessionController>().RunAsync));
        services.AddSingleton(s => new LeaderTask("The run controller", s.GetRequiredService<RunController>().RunAsync));
        services.AddSingleton(s => new LeaderSync(s.GetRequiredService<Informer<AgentRun>>().WaitForSyncAsync));
        services.AddSingleton<HealthEndpoint>();
        return services;
    }

    private static void AddElection(
        this IServiceCollection services,
        OperatorOptions options,
        KubeConfig config,
        string @namespace,
        string identity
    )
    {
        var lease = new NamespacedName(@namespace, LeaseName);
        services.AddSingleton(s => new ReplicaClient(
            new KubeClient(
                config,
                new KubeClientOptions { UserAgent = FieldManager, FieldManager = FieldManager },
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<ILogger<KubeClient>>()
            ),
            @namespace
        ));
        services.AddSingleton(s => new LeaderElector(
            s.GetRequiredService<ReplicaClient>().Client,
            new LeaderElectionOptions
            {
                Lease = lease,
                Identity = identity,
                LeaseDuration = options.LeaseDuration,
                RenewDeadline = options.LeaseRenewDeadline,
                RetryPeriod = options.LeaseRetryPeriod,
            },
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<LeaderElector>>()
        ));
        services.AddSingleton(s => new OperatorLeadership(
            s.GetRequiredService<LeaderElector>(),
            s.GetRequiredService<ReplicaClient>(),
            lease,
            s.GetRequiredService<ILogger<OperatorLeadership>>()
        ));
        services.AddSingleton<ILeadership>(s => s.GetRequiredService<OperatorLeadership>());
        services.AddSingleton<IEpochWitness>(s => s.GetRequiredService<OperatorLeadership>());
        // What is under way is bounded by the number of workers; the rate is a bound against a fault.
        services.AddSingleton(s =>
            LeadersClient(
                s,
                config,
                new KubeClientOptions { QueriesPerSecond = options.ApiRequestsPerSecond, Burst = 2 * options.ApiRequestsPerSecond }
            )
        );

        // With a rate of its own: whoever reaches the hub's port can make it ask who he is, and must not slow down anything else by that.
        services.AddSingleton<ILinkAuthorizer>(s => new LinkAuthorizer(
            LeadersClient(
                s,
                config,
                new KubeClientOptions { QueriesPerSecond = options.LinkReviewsPerSecond, Burst = 3 * options.LinkReviewsPerSecond }
            ),
            @namespace
        ));
        services.AddSingleton(s => new LeaderLabel(
            s.GetRequiredService<ReplicaClient>(),
            Environment.GetEnvironmentVariable("POD_NAME"),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<LeaderLabel>>()
        ));
    }

    private static KubeClient LeadersClient(IServiceProvider s, KubeConfig config, KubeClientOptions options) =>
        new(
            config,
            options with
            {
                UserAgent = FieldManager,
                FieldManager = FieldManager,
                BeforeWrite = s.GetRequiredService<OperatorLeadership>().ThrowIfNotLeader,
            },
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<KubeClient>>()
        );

    private static void AddCertificates(this IServiceCollection services, OperatorOptions options, string @namespace)
    {
        services.AddSingleton(new ServingCertificate(ServingName.ForHub(@namespace, options.HubNames)));
        services.AddSingleton<AuthorityStore>();
        services.AddHostedService<CertificateService>();
    }

    private static void AddNodes(this IServiceCollection services, OperatorOptions options)
    {
        services.AddSingleton(
            new HubSettings
            {
                NodeLostAfter = options.NodeLostAfter,
                NodeLostGrace = options.NodeLostGrace,
                Prices = options.Prices.Models,
                ServerTools = options.Prices.Allow(options.AllowedServerTools),
            }
        );
        services.AddInformer(AgentNodeResource.Type, n => n with { Metadata = n.Metadata with { ManagedFields = null } });

        // Only the labels count, and a node's status is large.
        services.AddInformer(
            BuiltIn.Nodes,
            n => n with { Metadata = n.Metadata with { ManagedFields = null, Annotations = null }, Spec = null }
        );
        services.AddSingleton<InformerNodeSource>();
        services.AddSingleton<INodeSource>(s => s.GetRequiredService<InformerNodeSource>());
        services.AddSingleton<NodeRegistry>();
        services.AddSingleton<INodeRegistry>(s => s.GetRequiredService<NodeRegistry>());
        services.AddOperatorMetrics();
        services.AddSingleton(s => new HubMetrics(s.GetRequiredService<IMeterFactory>()));
        services.AddSingleton<IAgentNodeCreator, AgentNodeCreator>();
        services.AddSingleton(s => new HubContext
        {
            Leadership = s.GetRequiredService<ILeadership>(),
            Witness = s.GetRequiredService<IEpochWitness>(),
            Desired = new(s.GetRequiredService<IDesiredAttempts>),
            Sink = new(s.GetRequiredService<IObservationSink>),
            Registry = s.GetRequiredService<NodeRegistry>(),
            Authorizer = s.GetRequiredService<ILinkAuthorizer>(),
            Gate = new LinkGate(s.GetRequiredService<TimeProvider>()),
            Settings = s.GetRequiredService<HubSettings>(),
            Metrics = s.GetRequiredService<HubMetrics>(),
            Clock = s.GetRequiredService<TimeProvider>(),
            Loggers = s.GetRequiredService<ILoggerFactory>(),
        });
        services.AddSingleton<NodeEvents>();
        services.AddSingleton<NodeHub>();
        services.AddSingleton<INodeHub>(s => s.GetRequiredService<NodeHub>());
        services.AddSingleton<HubDoor>();
        services.AddSingleton<HubEndpoint>();
        services.AddSingleton(NodeStatus);
        services.AddSingleton(s => new LeaderTask("The node controller", s.GetRequiredService<NodeStatusController>().RunAsync));
    }

    private static void AddInformer<T>(this IServiceCollection services, ResourceType<T> type, Func<T, T> transform)
        where T : class, IKubernetesObject
    {
        services.AddSingleton(s => new Informer<T>(
            s.GetRequiredService<KubeClient>(),
            type,
            new InformerOptions<T> { Transform = transform },
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<Informer<T>>>()
        ));
        services.AddSingleton(s => new LeaderTask($"The informer of {type.Plural}", s.GetRequiredService<Informer<T>>().RunAsync));
        services.AddSingleton(s => new LeaderSync(s.GetRequiredService<Informer<T>>().WaitForSyncAsync));
    }

    private static NodeStatusController NodeStatus(IServiceProvider s)
    {
        var runs = s.GetRequiredService<RunStore>();
        var registry = s.GetRequiredService<NodeRegistry>();
        var controller = new NodeStatusController(
            s.GetRequiredService<KubeClient>(),
            s.GetRequiredService<IAgentNodeCreator>(),
            s.GetRequiredService<Informer<AgentNode>>(),
            registry,
            node => TakenOf(runs, node),
            s.GetRequiredService<NodeHub>().SendImages,
            s.GetRequiredService<EventRecorder>(),
            s.GetRequiredService<HubMetrics>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<Controller>>()
        );
        s.GetRequiredService<InformerNodeSource>().OnChange(registry.Refresh);
        s.GetRequiredService<NodeHub>().Fenced += s.GetRequiredService<NodeEvents>().Fenced;
        runs.Informer.OnChange(change =>
        {
            foreach (var node in new[] { change.Old?.Status?.NodeName, change.New?.Status?.NodeName }.OfType<string>().Distinct())
            {
                controller.Look(node);
            }
        });
        return controller;
    }

    private static NodeAllocation TakenOf(RunStore runs, string node) =>
        runs.AllocationsOn(node)
            .Aggregate(
                default(NodeAllocation),
                (sum, a) => new(sum.Runs + 1, sum.CpuMillis + a.CpuMillis, sum.MemoryBytes + a.MemoryBytes, sum.Pids + a.Pids)
            );

    private static RunOptions RunOptionsOf(OperatorOptions options, string @namespace) =>
        new()
        {
            Defaults = new RunDefaults { Image = options.DefaultImage, ModelOrigin = options.ModelBaseURL },
            DefaultCredential = options.ModelCredentialsSecret is { } name ? new CredentialSource(@namespace, name) : null,
            NodeLostAfter = options.NodeLostAfter,
            AllowExtraArgs = options.AllowExtraArgs,
            MaxCpuShares = options.MaxCpuShares,
            NamespaceRuns = options.NamespaceRuns,
            NamespaceSpecBytes = options.NamespaceSpecBytes,
        };
}
