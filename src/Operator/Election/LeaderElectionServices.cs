using Stromboli.Kubernetes;

namespace Stromboli.Operator.Election;

/// <summary>Registers the leader election, the clients of the API server, and the service that runs the leader's work.</summary>
internal static class LeaderElectionServices
{
    /// <summary>Adds the election. The leader's service is the first hosted service, so that it stops last.</summary>
    /// <param name="services">The services.</param>
    /// <param name="config">The API server to connect to.</param>
    /// <param name="election">The Lease and its times. The namespace of the Lease is the operator's namespace.</param>
    /// <param name="requestsPerSecond">The rate limit of the leader's client.</param>
    public static IServiceCollection AddLeaderElection(
        this IServiceCollection services,
        KubeConfig config,
        LeaderElectionOptions election,
        int requestsPerSecond
    ) =>
        services
            .AddSingleton<ProcessExit>()
            .AddHostedService<LeaderService>()
            .AddSingleton(s => new ReplicaClient(
                new KubeClient(
                    config,
                    new KubeClientOptions { UserAgent = LeaderClients.FieldManager, FieldManager = LeaderClients.FieldManager },
                    s.GetRequiredService<TimeProvider>(),
                    s.GetRequiredService<ILogger<KubeClient>>()
                ),
                election.Lease.Namespace
            ))
            .AddSingleton(s => new LeaderElector(
                s.GetRequiredService<ReplicaClient>().Client,
                election,
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<ILogger<LeaderElector>>()
            ))
            .AddSingleton(s => new OperatorLeadership(
                s.GetRequiredService<LeaderElector>(),
                s.GetRequiredService<ReplicaClient>(),
                election.Lease,
                s.GetRequiredService<ILogger<OperatorLeadership>>()
            ))
            .AddSingleton<ILeadership>(s => s.GetRequiredService<OperatorLeadership>())
            .AddSingleton<IEpochVerifier>(s => s.GetRequiredService<OperatorLeadership>())
            .AddSingleton(s => new LeaderLabel(
                s.GetRequiredService<ReplicaClient>(),
                Environment.GetEnvironmentVariable("POD_NAME"),
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<ILogger<LeaderLabel>>()
            ))
            .AddSingleton(s => new LeaderClients(
                config,
                s.GetRequiredService<OperatorLeadership>(),
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<ILogger<KubeClient>>()
            ))
            // The number of workers bounds the requests at one time. The rate only limits the damage of a fault.
            .AddSingleton(s => s.GetRequiredService<LeaderClients>().Create(requestsPerSecond, burst: 2 * requestsPerSecond));

    /// <summary>Adds the recorder of Kubernetes Events. The leader publishes them.</summary>
    /// <param name="services">The services.</param>
    /// <param name="identity">The identity of this process, which each Event names.</param>
    public static IServiceCollection AddEvents(this IServiceCollection services, string identity) =>
        services
            .AddSingleton(s => new EventRecorder(
                s.GetRequiredService<KubeClient>(),
                new EventRecorderOptions { ReportingController = "stromboli.dev/operator", ReportingInstance = identity },
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<ILogger<EventRecorder>>()
            ))
            .AddSingleton(s => new LeaderTask("The event recorder", s.GetRequiredService<EventRecorder>().RunAsync));
}
