using Stromboli.Podman;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Nodes;

/// <summary>Registers what finds out what the node can do.</summary>
internal static class NodesServices
{
    /// <summary>Adds the facts of the node and the trial of its engine.</summary>
    public static IServiceCollection AddNodeFacts(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton(Trial);
        services.AddSingleton(Facts);
        services.AddSingleton<IPressureListener>(provider => provider.GetRequiredService<NodeFactsSource>());
        services.AddHostedService(provider => provider.GetRequiredService<NodeFactsSource>());
        return services;
    }

    private static EngineTrial Trial(IServiceProvider services)
    {
        var options = services.GetRequiredService<BridgeOptions>();
        var settings = new EngineTrial.Settings
        {
            Node = options.Node,
            ShimPath = options.Shim,
            Files = services.GetRequiredService<ContainerFiles>,
            Directory = Path.Combine(options.StateDirectory, "trial"),
        };
        return new EngineTrial(
            services.GetRequiredService<IPodman>(),
            services.GetRequiredService<PodmanClient>().Engine,
            settings,
            services.GetRequiredService<TimeProvider>()
        );
    }

    private static NodeFactsSource Facts(IServiceProvider services)
    {
        var options = services.GetRequiredService<BridgeOptions>();
        var time = services.GetRequiredService<TimeProvider>();
        var reader = new NodeFactsReader(
            services.GetRequiredService<IPodman>(),
            new NodeFactsOptions
            {
                BridgeVersion = typeof(NodesServices).Assembly.GetName().Version!.ToString(3),
                PodmanSocket = options.PodmanSocket,
                ClaudeDirectory = options.Claude,
                MaxRuns = options.MaxRuns,
                CpuMillis = options.CpuMillis,
                MemoryBytes = options.MemoryBytes,
                Pids = options.MaxPids ?? ProcessCapacity.OfMachine(),
                RunPids = options.MaxRunPids,
                AllowsUnenforcedLimits = options.AllowUnenforcedLimits,
                AllowedVolumes = options.AllowedVolumes,
                AllowedPodmanSecrets = options.AllowedSecrets,
                ClonesGit = options.GitImage is not null,
                Labels = options.Labels,
            },
            new CliVersionReader(time),
            services.GetRequiredService<StorageProbe>(),
            services.GetRequiredService<DiskPressure>(),
            services.GetRequiredService<EngineTrial>()
        );
        var source = new NodeFactsSource(reader.ReadAsync, time, services.GetRequiredService<ILogger<NodeFactsSource>>());
        services.GetRequiredService<PodmanClient>().Engine.Changed += source.Signal;
        return source;
    }
}
