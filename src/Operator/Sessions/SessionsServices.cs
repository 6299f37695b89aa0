using Stromboli.Operator.Election;

namespace Stromboli.Operator.Sessions;

/// <summary>Registers the session controller.</summary>
internal static class SessionsServices
{
    /// <summary>Adds the session controller.</summary>
    /// <param name="services">The services.</param>
    public static IServiceCollection AddSessions(this IServiceCollection services) =>
        services
            .AddSingleton<SessionWriter>()
            .AddSingleton<SessionController>()
            .AddSingleton(s => new LeaderTask("The session controller", s.GetRequiredService<SessionController>().RunAsync));
}
