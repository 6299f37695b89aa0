using Stromboli.Operator.Nodes;

namespace Stromboli.Operator.Scheduling;

/// <summary>Registers the queue of the runs that wait for a node.</summary>
internal static class SchedulingServices
{
    /// <summary>Adds the queue. It needs the <see cref="IAllocationRecords"/> of the runs.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddScheduling(this IServiceCollection services) =>
        services
            .AddSingleton<Reservations>()
            .AddSingleton(s => new RunQueue(
                () => s.GetRequiredService<INodeRegistry>().Nodes,
                s.GetRequiredService<IAllocationRecords>().Allocations,
                s.GetRequiredService<Reservations>(),
                s.GetRequiredService<TimeProvider>(),
                new QueueOptions()
            ));
}
