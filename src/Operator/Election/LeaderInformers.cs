using Stromboli.Kubernetes;
using Stromboli.Kubernetes.Model;

namespace Stromboli.Operator.Election;

/// <summary>Registers informers. An informer runs only while this process leads, and the leader acts only on complete lists.</summary>
internal static class LeaderInformers
{
    /// <summary>Adds an informer.</summary>
    /// <param name="services">The services.</param>
    /// <param name="type">The resource to list and watch.</param>
    /// <param name="transform">Removes from each object what the operator does not need in memory.</param>
    public static IServiceCollection AddInformer<T>(this IServiceCollection services, ResourceType<T> type, Func<T, T> transform)
        where T : class, IKubernetesObject =>
        services
            .AddSingleton(s => new Informer<T>(
                s.GetRequiredService<KubeClient>(),
                type,
                new InformerOptions<T> { Transform = transform },
                s.GetRequiredService<TimeProvider>(),
                s.GetRequiredService<ILogger<Informer<T>>>()
            ))
            .AddSingleton(s => new LeaderTask($"The informer of {type.Plural}", s.GetRequiredService<Informer<T>>().RunAsync))
            .AddSingleton(s => new LeaderSync(s.GetRequiredService<Informer<T>>().WaitForSyncAsync));
}
