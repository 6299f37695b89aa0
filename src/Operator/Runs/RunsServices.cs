using Stromboli.Operator.Decisions;
using Stromboli.Operator.Election;
using Stromboli.Operator.Hub;

namespace Stromboli.Operator.Runs;

/// <summary>Registers the run controller.</summary>
internal static class RunsServices
{
    /// <summary>Adds the run controller, and the answers to what the hub asks of the runs.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The options of runs.</param>
    public static IServiceCollection AddRuns(this IServiceCollection services, RunOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<Observations>()
            .AddSingleton<SentStates>()
            .AddSingleton<NodeLosses>()
            .AddSingleton<RunAdmission>()
            .AddSingleton<AttemptMessageBuilder>()
            .AddSingleton<RunSender>()
            .AddSingleton<RunStatusWriter>()
            .AddSingleton<RunRemoval>()
            .AddSingleton<RunTelemetry>()
            .AddSingleton<RunRecorder>()
            .AddSingleton<RunFollowUp>()
            .AddSingleton<RunDecider>()
            .AddSingleton<RunExecutor>()
            .AddSingleton<RunReconciler>()
            .AddSingleton<RunController>()
            .AddSingleton<SchedulingLoop>()
            .AddSingleton<IDesiredAttempts, DesiredAttempts>()
            .AddSingleton<IObservationSink, ObservationSink>()
            .AddSingleton(s => new LeaderTask("The scheduler", s.GetRequiredService<SchedulingLoop>().RunAsync))
            .AddSingleton(s => new LeaderTask("The run controller", s.GetRequiredService<RunController>().RunAsync));
}
