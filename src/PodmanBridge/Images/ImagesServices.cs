using Stromboli.Egress;
using Stromboli.Podman;
using Stromboli.PodmanBridge.Configuration;

namespace Stromboli.PodmanBridge.Images;

/// <summary>Registers what finds, pulls and removes images.</summary>
internal static class ImagesServices
{
    /// <summary>Adds the images of the node.</summary>
    public static IServiceCollection AddImages(this IServiceCollection services, BridgeOptions options)
    {
        var state = options.StateDirectory;
        services.AddSingleton(provider => new PrivateImages(
            Path.Combine(state, "private-images.json"),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(provider => new PulledImages(
            Path.Combine(state, "pulled-images.json"),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(provider => new RegistryGate(provider.GetRequiredService<Dialer>(), options.AllowedRegistries));
        services.AddSingleton(new ImageFetcher.Settings(options.MaxImageBytes));
        services.AddSingleton<ImageFetcher>();
        services.AddSingleton<ImageRemover>();
        services.AddSingleton(Catalogue);
        services.AddHostedService(provider => provider.GetRequiredService<ImageCatalogue>());
        services.AddSingleton<PrePuller>();
        services.AddHostedService(provider => provider.GetRequiredService<PrePuller>());
        return services;
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
}
