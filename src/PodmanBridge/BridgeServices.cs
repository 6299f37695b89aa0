using Stromboli.Gateway;
using Stromboli.Gateway.Egress;
using Stromboli.Gateway.Git;
using Stromboli.NodeLink;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Attempts;
using Stromboli.PodmanBridge.Containers;
using Stromboli.PodmanBridge.Images;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.PodmanBridge.Sessions;
using Stromboli.PodmanBridge.Storage;

namespace Stromboli.PodmanBridge;

/// <summary>Puts the bridge together.</summary>
internal static class BridgeServices
{
    /// <summary>Every part of the bridge.</summary>
    public static void AddBridge(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton<TimeProvider>(BootTimeProvider.Instance);
        services.AddSingleton(options);
        services.AddSingleton(provider => new PodmanClient(options.PodmanSocket, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IPodman>(provider => provider.GetRequiredService<PodmanClient>());
        services.AddSingleton(_ => ContainerFiles.Write(Path.Combine(options.StateDirectory, "sandbox")));
        services.AddSingleton(Trial);
        services.AddSingleton(_ => new Installation(options.StateDirectory));
        services.AddSingleton<NodeLease>();
        services.AddSingleton<PriceList>();
        services.AddSingleton(provider => new PrivateImages(
            Path.Combine(options.StateDirectory, "private-images.json"),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(provider => new PulledImages(
            Path.Combine(options.StateDirectory, "pulled-images.json"),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(provider => new RegistryGate(provider.GetRequiredService<Dialer>(), options.AllowedRegistries));
        services.AddSingleton(new ImageFetcher.Settings(options.MaxImageBytes));
        services.AddSingleton<StorageTenants>();
        services.AddSingleton(provider => new Measurer(options.Measurer, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EngineFolders>();
        services.AddSingleton<StorageProbe>();
        services.AddSingleton(new DiskPressure(new FreeSpace(options.MinFreeBytes, options.MinFreeFiles)));
        services.AddSingleton<ImageFetcher>();
        services.AddSingleton<ImageRemover>();
        services.AddSingleton<DiskUseReader>();
        services.AddSingleton(Relief);
        services.AddSingleton(Catalogue);
        services.AddHostedService(provider => provider.GetRequiredService<ImageCatalogue>());
        services.AddSingleton<PrePuller>();
        services.AddHostedService(provider => provider.GetRequiredService<PrePuller>());
        services.AddSingleton(_ => new ConnectToken(options.TokenFile));
        services.AddSingleton(provider => new Dialer(
            new AddressPolicy(options.DeniedNetworks),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(Gateway);
        services.AddSingleton(Git);
        services.AddSingleton(Facts);
        services.AddAttempts(options);
        services.AddSingleton(Session);
        services.AddSingleton(
            new LinkSettings
            {
                Operators = options.Operators,
                CaFile = options.CaFile,
                Node = options.Node,
            }
        );
        services.AddHostedService(provider => provider.GetRequiredService<NodeFactsSource>());
        services.AddHostedService<StorageWatch>();
        services.AddHostedService<OperatorLink>();
    }

    private static NodeFactsSource Facts(IServiceProvider services)
    {
        var options = services.GetRequiredService<BridgeOptions>();
        var time = services.GetRequiredService<TimeProvider>();
        var reader = new NodeFactsReader(
            services.GetRequiredService<IPodman>(),
            new NodeFactsOptions
            {
                BridgeVersion = typeof(BridgeServices).Assembly.GetName().Version!.ToString(3),
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

    private static ImageCatalogue Catalogue(IServiceProvider services)
    {
        var options = services.GetRequiredService<BridgeOptions>();
        var podman = services.GetRequiredService<IPodman>();
        var cli = options.Claude is { } folder ? Path.Combine(folder, "claude") : null;
        return new ImageCatalogue(
            podman,
            new ImageReader(podman, options.Node),
            new ImageContents(Path.Combine(options.StateDirectory, "image-contents.json")),
            services.GetRequiredService<PulledImages>(),
            new CliNeedsReader(cli).Read,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<ImageCatalogue>>()
        );
    }

    private static DiskRelief Relief(IServiceProvider services) =>
        new(
            services.GetRequiredService<DiskUseReader>(),
            services.GetRequiredService<ImageRemover>(),
            services.GetRequiredService<ImageFetcher>(),
            services.GetRequiredService<NodeAttempts>().Finished,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<DiskRelief>>()
        );

    private static ModelGateway Gateway(IServiceProvider services) =>
        new(
            new GatewayOptions
            {
                Dialer = services.GetRequiredService<Dialer>(),
                Clock = services.GetRequiredService<TimeProvider>(),
                Loggers = services.GetRequiredService<ILoggerFactory>(),
                Prices = () => services.GetRequiredService<PriceList>().Current,
                ServerTools = () => services.GetRequiredService<PriceList>().ServerTools,
                LeaseHolds = () => services.GetRequiredService<NodeLease>().Valid,
            }
        );

    private static GitGateway Git(IServiceProvider services)
    {
        var options = services.GetRequiredService<BridgeOptions>();
        return new GitGateway(
            new GitGatewayOptions
            {
                Dialer = services.GetRequiredService<Dialer>(),
                Clock = services.GetRequiredService<TimeProvider>(),
                Loggers = services.GetRequiredService<ILoggerFactory>(),
                Trust = Trust(options.GitCaFile),
                AllowedOrigins = options.AllowedGitOrigins,
                LeaseHolds = () => services.GetRequiredService<NodeLease>().Valid,
                MostBytes = options.GitMaxBytes,
            }
        );
    }

    private static GitTrust Trust(string? caFile)
    {
        try
        {
            return new GitTrust(caFile);
        }
        catch (GitTrustException e)
        {
            throw new BridgeUnusableException($"--git-ca-file: {e.Message}");
        }
    }

    private static LinkSession.Services Session(IServiceProvider services) =>
        new()
        {
            Installation = services.GetRequiredService<Installation>(),
            Lease = services.GetRequiredService<NodeLease>(),
            Token = services.GetRequiredService<ConnectToken>(),
            Attempts = services.GetRequiredService<NodeAttempts>(),
            Sessions = services.GetRequiredService<NodeSessions>(),
            Leftovers = services.GetRequiredService<LeftoverSweep>(),
            Changes = services.GetRequiredService<AttemptChanges>(),
            Facts = services.GetRequiredService<NodeFactsSource>(),
            Images = services.GetRequiredService<ImageCatalogue>(),
            PrePuller = services.GetRequiredService<PrePuller>(),
            Prices = services.GetRequiredService<PriceList>(),
            Clock = services.GetRequiredService<TimeProvider>(),
        };
}
