using Stromboli.Operator.Election;

namespace Stromboli.Operator.Inputs;

/// <summary>Registers the reading of the Secrets and ConfigMaps that runs name.</summary>
internal static class InputsServices
{
    /// <summary>Adds the inputs of runs.</summary>
    /// <param name="services">The services.</param>
    /// <param name="options">The options of inputs.</param>
    public static IServiceCollection AddInputs(this IServiceCollection services, InputOptions options) =>
        services
            .AddSingleton(options)
            .AddSingleton<InputFetcher>()
            .AddSingleton<InputPoller>()
            .AddSingleton<ModelCredentialReader>()
            .AddSingleton<RunInputReader>()
            .AddSingleton<RunInputs>()
            .AddSingleton<AttemptSecretsCache>()
            .AddSingleton(s => new LeaderTask("The input poller", s.GetRequiredService<InputPoller>().RunAsync));
}
