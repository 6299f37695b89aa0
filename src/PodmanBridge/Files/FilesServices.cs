using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Files;

/// <summary>Registers what reads the files that agents wrote.</summary>
internal static class FilesServices
{
    /// <summary>Adds the reader, and the streams of files and directories.</summary>
    public static IServiceCollection AddFiles(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton(provider => new FileTrees(options.Reader, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<WorkspaceFolders>();
        services.AddSingleton<IStreamProvider, FilesProvider>();
        return services;
    }
}
