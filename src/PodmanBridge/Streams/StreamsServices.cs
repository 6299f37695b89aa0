namespace Stromboli.PodmanBridge.Streams;

/// <summary>Registers what answers the operator's requests for streams.</summary>
internal static class StreamsServices
{
    /// <summary>Adds the dispatcher. Each folder that has streams adds its own <see cref="IStreamProvider"/>.</summary>
    public static IServiceCollection AddStreams(this IServiceCollection services) => services.AddSingleton<StreamDispatcher>();
}
