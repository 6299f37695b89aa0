using Stromboli.Podman;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Diffs;

/// <summary>Registers what compares workspaces with their commits.</summary>
internal static class DiffsServices
{
    /// <summary>Adds diffs.</summary>
    public static IServiceCollection AddDiffs(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton(provider => new WorkspaceDiffs(
            provider.GetRequiredService<IShimContainers>(),
            provider.GetRequiredService<ContainerSettings>(),
            provider.GetRequiredService<ImageFetcher>(),
            provider.GetRequiredService<IPodman>(),
            new WorkspaceDiffOptions(options.GitImage, Path.Combine(options.StateDirectory, "diffs")),
            provider.GetRequiredService<INodeLease>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<WorkspaceDiffs>>()
        ));
        services.AddSingleton<IRequestContainers>(provider => provider.GetRequiredService<WorkspaceDiffs>());
        services.AddSingleton<IStreamProvider, DiffProvider>();
        return services;
    }
}
