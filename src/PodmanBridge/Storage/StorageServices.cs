using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Images;

namespace Stromboli.PodmanBridge.Storage;

/// <summary>Registers what measures the disk and keeps space on it free.</summary>
internal static class StorageServices
{
    /// <summary>Adds the limits of runs on the disk, and the relief of a full disk.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton<StorageTenants>();
        services.AddSingleton(provider => new Measurer(options.Measurer, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<EngineFolders>();
        services.AddSingleton<StorageProbe>();
        services.AddSingleton(new DiskPressure(new FreeSpace(options.MinFreeBytes, options.MinFreeFiles)));
        services.AddSingleton<IDiskSpace>(provider => provider.GetRequiredService<DiskPressure>());
        services.AddSingleton<DiskUseReader>();
        services.AddSingleton<DiskRelief>();
        services.AddHostedService<StorageWatch>();
        return services;
    }
}
