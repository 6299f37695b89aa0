using Stromboli.Egress;
using Stromboli.Gateway.Git;
using Stromboli.Gateway.Model;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Link;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>Registers the gateways, which know nothing of the bridge: what they need of it are functions.</summary>
internal static class GatewayServices
{
    /// <summary>Adds the gateways to models and repositories, and the dialer behind them.</summary>
    public static IServiceCollection AddGateways(this IServiceCollection services, BridgeOptions options)
    {
        services.AddSingleton(provider => new Dialer(
            new AddressPolicy(options.DeniedNetworks),
            provider.GetRequiredService<TimeProvider>()
        ));
        services.AddSingleton(Model);
        services.AddSingleton(Git);
        return services;
    }

    private static ModelGateway Model(IServiceProvider services) =>
        new(
            new ModelGatewayOptions
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
                MostPushBytes = options.GitMaxPushBytes,
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
}
