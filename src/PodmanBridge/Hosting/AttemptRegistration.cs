using Stromboli.Gateway.Git;
using Stromboli.Gateway.Model;
using Stromboli.Gateway.Sockets;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.PodmanBridge.Pushes;
using Stromboli.PodmanBridge.Sessions;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Registers what runs attempts on this node.</summary>
internal static class AttemptRegistration
{
    /// <summary>Containers, sessions, clones and attempts.</summary>
    public static IServiceCollection AddAttempts(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton<INodeLease>(provider => provider.GetRequiredService<NodeLease>());
        services.AddSingleton<INodeCapabilities, NodeCapabilities>();
        services.AddSingleton(provider => Settings(provider, options));
        services.AddSingleton(new ConcurrencyLimit(options.ParallelStarts));
        services.AddSingleton<IShimContainers, ShimContainers>();
        services.AddSingleton<WorkspaceUsers>();
        services.AddSingleton(provider => Sessions(provider, options));
        services.AddSingleton(provider => Clones(provider, options));
        services.AddSingleton(provider => Publisher(provider, options));
        services.AddSingleton(provider => HostPaths(provider, options));
        services.AddSingleton(provider => new NodeSecrets(options.AllowedSecrets, options.Node, provider.GetRequiredService<IPodman>()));
        services.AddSingleton<IAttemptImages, AttemptImages>();
        services.AddSingleton<AttemptVolumes>();
        services.AddSingleton<AttemptStorages>();
        services.AddSingleton<AttemptGits>();
        services.AddSingleton<AttemptAdmission>();
        services.AddSingleton(provider => Sandboxes(provider, options));
        services.AddSingleton<AttemptEndReader>();
        services.AddSingleton<IAttemptWorks, AttemptWorks>();
        services.AddSingleton<AttemptChanges>();
        services.AddSingleton(provider => Node(provider, options));
        services.AddSingleton(new KeptLimits(options.KeptRuns, options.KeptBytes));
        services.AddSingleton<UnknownAttempts>();
        services.AddSingleton<NodeAttempts>();
        services.AddSingleton<LeftoverSweep>();
        services.AddHostedService<ContainerDeaths>();
        return services;
    }

    private static ContainerSettings Settings(IServiceProvider services, BridgeOptions options) =>
        new()
        {
            Installation = services.GetRequiredService<IInstallation>(),
            Capabilities = services.GetRequiredService<INodeCapabilities>(),
            Node = options.Node,
            RunRoot = options.RunDirectory,
            ShimPath = options.Shim,
            ClaudeDirectory = options.Claude,
            Files = services.GetRequiredService<ContainerFiles>(),
            AllowsUnenforcedLimits = options.AllowUnenforcedLimits,
            MaxRunPids = options.MaxRunPids,
        };

    private static NodeSessions Sessions(IServiceProvider services, BridgeOptions options) =>
        new(
            BridgeFiles.Sessions(options),
            new SessionVolumes(services.GetRequiredService<IPodman>(), services.GetRequiredService<IInstallation>(), options.Node),
            services.GetRequiredService<WorkspaceUsers>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<NodeSessions>>()
        );

    private static WorkspaceClones Clones(IServiceProvider services, BridgeOptions options) =>
        new(
            services.GetRequiredService<IShimContainers>(),
            services.GetRequiredService<ContainerSettings>(),
            services.GetRequiredService<GitGateway>(),
            services.GetRequiredService<ImageFetcher>(),
            options.GitImage,
            services.GetRequiredService<INodeLease>(),
            services.GetRequiredService<TimeProvider>()
        );

    private static WorkspacePublisher Publisher(IServiceProvider services, BridgeOptions options) =>
        new(
            services.GetRequiredService<IShimContainers>(),
            services.GetRequiredService<ContainerSettings>(),
            services.GetRequiredService<GitGateway>(),
            services.GetRequiredService<ImageFetcher>(),
            options.GitImage,
            services.GetRequiredService<INodeLease>(),
            services.GetRequiredService<TimeProvider>()
        );

    private static HostPathGate HostPaths(IServiceProvider services, BridgeOptions options) =>
        new(
            options.AllowedVolumes,
            ProtectedPaths.Of(options),
            Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
            options.Node,
            services.GetRequiredService<IPodman>()
        );

    private static AttemptSandboxes Sandboxes(IServiceProvider services, BridgeOptions options) =>
        new(
            BridgeFiles.Attempts(options),
            services.GetRequiredService<IShimContainers>(),
            services.GetRequiredService<ContainerSettings>(),
            services.GetRequiredService<AttemptVolumes>(),
            services.GetRequiredService<HostPathGate>(),
            services.GetRequiredService<ModelGateway>(),
            services.GetRequiredService<AttemptGits>(),
            services.GetRequiredService<AttemptStorages>(),
            services.GetRequiredService<TimeProvider>()
        );

    private static AttemptNode Node(IServiceProvider services, BridgeOptions options) =>
        new(
            BridgeFiles.Attempts(options),
            File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
            services.GetRequiredService<WorkspaceUsers>(),
            services.GetRequiredService<AttemptChanges>(),
            services.GetRequiredService<TimeProvider>()
        );
}
