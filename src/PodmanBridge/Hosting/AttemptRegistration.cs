using Stromboli.Gateway.Git;
using Stromboli.Gateway.Model;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Clones;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.HostPaths;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Registers attempts, their sessions and their clones.</summary>
internal static class AttemptRegistration
{
    /// <summary>Adds the attempts of the node.</summary>
    public static IServiceCollection AddAttempts(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton<AttemptChanges>();
        services.AddSingleton<WorkspaceUsers>();
        services.AddSingleton(_ => new StartGate(options.ParallelStarts));
        services.AddSingleton(Sandbox);
        services.AddSingleton(Attempts);
        services.AddSingleton<NodeAttempts>();
        services.AddSingleton(Sessions);
        services.AddSingleton<LeftoverSweep>();
        services.AddHostedService<ContainerDeaths>();
        return services;
    }

    private static SandboxServices Sandbox(IServiceProvider services)
    {
        var options = services.GetRequiredService<BridgeOptions>();
        var installation = services.GetRequiredService<Installation>();
        return new SandboxServices
        {
            Podman = services.GetRequiredService<IPodman>(),
            Images = services.GetRequiredService<ImageFetcher>(),
            Catalogue = services.GetRequiredService<ImageCatalogue>(),
            Gateway = services.GetRequiredService<ModelGateway>(),
            Git = new GitServices { Gateway = services.GetRequiredService<GitGateway>(), Image = options.GitImage },
            HostPaths = new HostPathGate(
                options.AllowedVolumes,
                ProtectedPaths.Of(options),
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                options.Node,
                services.GetRequiredService<IPodman>()
            ),
            Secrets = new NodeSecrets(options.AllowedSecrets, options.Node, services.GetRequiredService<IPodman>()),
            Starts = services.GetRequiredService<StartGate>(),
            Installation = () => installation.ID ?? throw new InvalidOperationException("No operator has welcomed this bridge yet."),
            Node = options.Node,
            RunRoot = options.RunDirectory,
            ShimPath = options.Shim,
            ClaudeDirectory = options.Claude,
            CliVersion = () => services.GetRequiredService<NodeFactsSource>().Current.CliVersion,
            Files = services.GetRequiredService<ContainerFiles>(),
            EnforcedLimits = () => services.GetRequiredService<NodeFactsSource>().Current.EnforcedLimits,
            AllowsUnenforcedLimits = options.AllowUnenforcedLimits,
            RunPids = options.MaxRunPids,
            TryEngineAsync = cancellationToken =>
            {
                services.GetRequiredService<EngineTrial>().Doubt();
                return services.GetRequiredService<NodeFactsSource>().RefreshAsync(cancellationToken);
            },
            Sessions = services.GetRequiredService<NodeSessions>(),
            Tenants = services.GetRequiredService<StorageTenants>(),
            Measurer = services.GetRequiredService<Measurer>(),
            Clock = services.GetRequiredService<TimeProvider>(),
            Logger = services.GetRequiredService<ILogger<NodeAttempts>>(),
        };
    }

    private static AttemptServices Attempts(IServiceProvider services) =>
        new()
        {
            StateRoot = BridgeFiles.Attempts(services.GetRequiredService<BridgeOptions>()),
            BootID = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
            Sandbox = services.GetRequiredService<SandboxServices>(),
            Users = services.GetRequiredService<WorkspaceUsers>(),
            Lease = services.GetRequiredService<NodeLease>(),
            Changes = services.GetRequiredService<AttemptChanges>(),
            Kept = new KeptLimits(
                services.GetRequiredService<BridgeOptions>().KeptRuns,
                services.GetRequiredService<BridgeOptions>().KeptBytes
            ),
            Clock = services.GetRequiredService<TimeProvider>(),
            Logger = services.GetRequiredService<ILogger<NodeAttempts>>(),
        };

    private static NodeSessions Sessions(IServiceProvider services)
    {
        var options = services.GetRequiredService<BridgeOptions>();
        return new NodeSessions(
            BridgeFiles.Sessions(options),
            new SessionVolumes(services.GetRequiredService<IPodman>(), services.GetRequiredService<Installation>(), options.Node),
            services.GetRequiredService<WorkspaceUsers>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<NodeSessions>>()
        );
    }
}
