using Stromboli.Operator.Election;

namespace Stromboli.Operator.Webhooks;

/// <summary>Registers the delivery of webhooks.</summary>
internal static class WebhooksServices
{
    /// <summary>Adds the delivery of webhooks. Only the leader delivers.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The options of webhooks.</param>
    public static IServiceCollection AddWebhooks(this IServiceCollection services, WebhookOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<WebhookMetrics>()
            .AddSingleton<DeliveryLedger>()
            .AddSingleton(s => new WebhookClient(options, s.GetRequiredService<TimeProvider>()))
            .AddSingleton<IWebhookSender, WebhookSender>()
            .AddSingleton<DeliveryDispatcher>()
            .AddSingleton<WebhookStatusWriter>()
            .AddSingleton<WebhookController>()
            .AddSingleton(s => new LeaderTask("The webhook sender", s.GetRequiredService<DeliveryDispatcher>().RunAsync))
            .AddSingleton(s => new LeaderTask("The webhook controller", s.GetRequiredService<WebhookController>().RunAsync));
}
