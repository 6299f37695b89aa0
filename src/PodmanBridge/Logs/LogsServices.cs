using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Logs;

/// <summary>Registers the streams of logs.</summary>
internal static class LogsServices
{
    /// <summary>Adds the logs of attempts.</summary>
    public static IServiceCollection AddLogs(this IServiceCollection services) =>
        services.AddSingleton<FolderWatch>().AddSingleton<IStreamProvider, LogProvider>();
}
