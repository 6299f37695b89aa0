using Microsoft.Extensions.Logging.Console;
using Stromboli.Kubernetes;
using Stromboli.Operator.Election;
using Stromboli.Telemetry.Export;
using Stromboli.Telemetry.Logs;

namespace Stromboli.Operator.Hosting;

/// <summary>Builds the host of the operator and runs it.</summary>
internal static partial class OperatorHost
{
    private const string FallbackNamespace = "stromboli-system";

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Runs the operator until it is stopped or no longer leads.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(OperatorOptions options, CancellationToken cancellationToken)
    {
        KubeConfig config;
        try
        {
            config = KubeConfig.Load(options.KubeConfig);
        }
        catch (KubeConfigException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return OperatorCommand.UsageError;
        }

        await using var host = TryBuild(options, config, out var problem);
        if (host is null)
        {
            await Console.Error.WriteLineAsync(problem);
            return OperatorCommand.UsageError;
        }

        var exit = host.Services.GetRequiredService<ProcessExit>();
        var services = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        try
        {
            await host.RunAsync(cancellationToken);
        }
        catch (IOException e)
        {
            // A listen address cannot be used.
            await Console.Error.WriteLineAsync(e.Message);
            return OperatorCommand.UsageError;
        }

        return services.Any(s => s.ExecuteTask is { IsFaulted: true }) ? ProcessExit.Fault : exit.Code;
    }

    // A variable of OpenTelemetry may have a value that is not valid.
    private static WebApplication? TryBuild(OperatorOptions options, KubeConfig config, out string? problem)
    {
        try
        {
            problem = null;
            return Build(options, config);
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <summary>Builds the host without starting it.</summary>
    internal static WebApplication Build(OperatorOptions options, KubeConfig config)
    {
        var @namespace = options.Namespace ?? config.Namespace ?? FallbackNamespace;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ConfigureLogs(builder.Logging, options.LogFormat);
        var environment = OtelEnvironment.Read();
        builder.Configuration.AddInMemoryCollection(environment.Values);
        builder.Services.Configure<HostOptions>(o =>
        {
            o.ShutdownTimeout = ShutdownTimeout;
            o.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
        });
        builder.Services.AddRouting();
        builder.Services.AddOperator(options, config, @namespace, environment);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => HubListener.Configure(kestrel, options));
        var app = builder.Build();
        HubListener.Map(app);
        Log.Prices(
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(OperatorHost)),
            options.Prices.Models.Count,
            options.Prices.Taken
        );
        return app;
    }

    private static void ConfigureLogs(ILoggingBuilder logging, LogFormat format)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddConsole(console =>
            console.FormatterName = format == LogFormat.Json ? JsonLineFormatter.FormatterName : OneLineFormatter.FormatterName
        );
        logging.Services.AddSingleton<ConsoleFormatter, OneLineFormatter>();
        logging.Services.AddSingleton<ConsoleFormatter, JsonLineFormatter>();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Costs use the prices of {Models} models as of {Taken:yyyy-MM-dd}")]
        public static partial void Prices(ILogger logger, int models, DateOnly taken);
    }
}
