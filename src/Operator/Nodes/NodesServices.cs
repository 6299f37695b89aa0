using Stromboli.Crds;
using Stromboli.Kubernetes;
using Stromboli.Operator.Election;

namespace Stromboli.Operator.Nodes;

/// <summary>Registers what the operator knows of the nodes.</summary>
internal static class NodesServices
{
    /// <summary>Adds the nodes. They need <see cref="INodeAllocations"/> of the runs and <see cref="INodeImages"/> of the hub.</summary>
    /// <param name="services">The services.</param>
    /// <param name="leases">The times of the nodes' leases.</param>
    public static IServiceCollection AddNodes(this IServiceCollection services, NodeLeaseOptions leases) =>
        services
            .AddSingleton(leases)
            .AddInformer(AgentNodeResource.Type, node => node with { Metadata = node.Metadata with { ManagedFields = null } })
            // The operator reads only the labels, and the status of a Node is large.
            .AddInformer(
                BuiltIn.Nodes,
                node => node with { Metadata = node.Metadata with { ManagedFields = null, Annotations = null }, Spec = null }
            )
            .AddSingleton<InformerNodeSource>()
            .AddSingleton<INodeSource>(s => s.GetRequiredService<InformerNodeSource>())
            .AddSingleton(MakeRegistry)
            .AddSingleton<INodeRegistry>(s => s.GetRequiredService<NodeRegistry>())
            .AddSingleton<IAgentNodeCreator, AgentNodeCreator>()
            .AddSingleton<NodeEvents>()
            .AddSingleton<NodeStatusWriter>()
            .AddSingleton<NodeController>()
            .AddSingleton(s => new LeaderTask("The node controller", s.GetRequiredService<NodeController>().RunAsync));

    private static NodeRegistry MakeRegistry(IServiceProvider services)
    {
        var source = services.GetRequiredService<InformerNodeSource>();
        var registry = ActivatorUtilities.CreateInstance<NodeRegistry>(services);
        source.OnChange(registry.Refresh);
        return registry;
    }
}
