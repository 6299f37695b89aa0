using Stromboli.Crds;
using Stromboli.Crds.Runs;
using Stromboli.Crds.Sessions;
using Stromboli.Kubernetes;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;
using Stromboli.Operator.Sessions;

namespace Stromboli.Operator.Runs;

/// <summary>Registers what runs need.</summary>
internal static class RunsServices
{
    /// <summary>
    /// Adds the runs: <see cref="RunController"/>, to be run while this operator leads, and what the hub asks. Wants
    /// <see cref="KubeClient"/>, <see cref="EventRecorder"/>, <see cref="RunOptions"/>, <see cref="TimeProvider"/>, <see cref="INodeHub"/>,
    /// <see cref="INodeRegistry"/> and <see cref="ILeadership"/> from elsewhere.
    /// </summary>
    public static IServiceCollection AddRuns(this IServiceCollection services)
    {
        services.AddSingleton(s => new Informer<AgentRun>(
            s.GetRequiredService<KubeClient>(),
            AgentRunResource.Type,
            new InformerOptions<AgentRun> { Transform = RunStore.Trim },
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<Informer<AgentRun>>>()
        ));
        services.AddSingleton(s => new Informer<AgentSession>(
            s.GetRequiredService<KubeClient>(),
            AgentSessionResource.Type,
            new InformerOptions<AgentSession> { Transform = SessionStore.Trim },
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<Informer<AgentSession>>>()
        ));
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SessionWriter>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunSignals>();
        services.AddSingleton<RunAdmission>();
        services.AddSingleton<WholeRuns>();
        services.AddSingleton<Reservations>();
        services.AddSingleton<Observations>();
        services.AddSingleton<SentStates>();
        services.AddSingleton<InputLooks>();
        services.AddSingleton<InputWaits>();
        services.AddSingleton<SecretReader>();
        services.AddSingleton<RunInputReader>();
        services.AddSingleton<AttemptSecretsSource>();
        services.AddSingleton(s => new RunQueue(
            () => s.GetRequiredService<INodeRegistry>().Nodes,
            s.GetRequiredService<RunStore>().Allocations,
            s.GetRequiredService<Reservations>(),
            s.GetRequiredService<TimeProvider>(),
            new QueueOptions()
        ));
        services.AddSingleton<RunSender>();
        services.AddSingleton<RunStatusWriter>();
        services.AddSingleton<RunExecutor>();
        services.AddSingleton<RunController>();
        services.AddSingleton<IDesiredAttempts, DesiredAttempts>();
        services.AddSingleton<IObservationSink, ObservationSink>();
        return services;
    }
}
