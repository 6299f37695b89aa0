using Stromboli.PodmanBridge.Streams;

namespace Stromboli.PodmanBridge.Conversations;

/// <summary>Registers what reads conversations.</summary>
internal static class ConversationsServices
{
    /// <summary>Adds the history of sessions.</summary>
    public static IServiceCollection AddConversations(this IServiceCollection services)
    {
        services.AddSingleton<TranscriptPages>();
        services.AddSingleton<IStreamProvider, MessagesProvider>();
        return services;
    }
}
