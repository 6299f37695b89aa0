using Stromboli.Crds;
using Stromboli.Crds.Defaults;
using Stromboli.Operator.Election;
using Stromboli.Operator.Nodes;
using Stromboli.Operator.Scheduling;

namespace Stromboli.Operator.Stores;

/// <summary>Registers what the operator keeps in memory of runs and sessions.</summary>
internal static class StoresServices
{
    /// <summary>Adds the stores of runs and sessions, and the informers that fill them.</summary>
    /// <param name="services">The services.</param>
    /// <param name="defaults">What the absent fields of a run mean.</param>
    public static IServiceCollection AddStores(this IServiceCollection services, RunDefaults defaults) =>
        services
            .AddSingleton(defaults)
            .AddInformer(AgentRunResource.Type, RunStore.Trim)
            .AddInformer(AgentSessionResource.Type, SessionStore.Trim)
            .AddSingleton<SessionStore>()
            .AddSingleton<RunStore>()
            .AddSingleton<IAllocationRecords>(s => s.GetRequiredService<RunStore>())
            .AddSingleton<WholeRunReader>()
            .AddSingleton<RunSignals>()
            .AddSingleton<INodeAllocations, RunAllocations>();
}
