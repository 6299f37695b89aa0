using System.Diagnostics;

namespace Stromboli.Gateway.Telemetry;

/// <summary>Activities of the source <c>Stromboli.Gateway</c>: one for each model request, without its content.</summary>
internal static class GatewayTraces
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Stromboli.Gateway";

    private const int LongestName = 128;

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>A model request begins.</summary>
    /// <param name="agent">The span of the run's agent.</param>
    /// <param name="model">The model that the agent asked for.</param>
    /// <returns>The span, to be disposed of when the request is over; null without a listener.</returns>
    public static Activity? Chat(ActivityContext agent, string model) =>
        Source.HasListeners()
            ? Source
                .StartActivity("chat", ActivityKind.Client, agent)
                ?.SetTag("gen_ai.operation.name", "chat")
                .SetTag("gen_ai.provider.name", "anthropic")
                .SetTag("gen_ai.request.model", model.Length > LongestName ? model[..LongestName] : model)
            : null;
}
