using Microsoft.Extensions.Logging.Console;
using Stromboli.Kubernetes;

namespace Stromboli.Operator.Hosting;

/// <summary>Builds the process and runs it to its end.</summary>
internal static partial class OperatorHost
{
    private const string FallbackNamespace = "stromboli-system";

    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(20);

    /// <summary>Runs the operator until it is told to stop or loses the lead.</summary>
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

        await using var host = Build(options, config);
        var exit = host.Services.GetRequiredService<ExitCode>();
        var services = host.Services.GetServices<IHostedService>().OfType<BackgroundService>().ToList();
        try
        {
            await host.RunAsync(cancellationToken);
        }
        catch (IOException e)
        {
            // An address that cannot be listened at.
            await Console.Error.WriteLineAsync(e.Message);
            return OperatorCommand.UsageError;
        }

        return services.Any(s => s.ExecuteTask is { IsFaulted: true }) ? ExitCode.Fault : exit.Code;
    }

    /// <summary>Builds the host; nothing runs yet.</summary>
    internal static WebApplication Build(OperatorOptions options, KubeConfig config)
    {
        var @namespace = options.Namespace ?? config.Namespace ?? FallbackNamespace;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        ConfigureLogs(builder.Logging);
        builder.Services.Configure<HostOptions>(o =>
        {
            o.ShutdownTimeout = ShutdownTimeout;
            o.BackgroundServiceExceptionBehavior = BackgroundServiceExceptionBehavior.StopHost;
        });
        builder.Services.AddMetrics();
        builder.Services.AddRouting();
        builder.Services.AddOperator(options, config, @namespace);
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

    private static void ConfigureLogs(ILoggingBuilder logging)
    {
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddConsole(console => console.FormatterName = OneLineFormatter.FormatterName);
        logging.Services.AddSingleton<ConsoleFormatter, OneLineFormatter>();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Costs are reckoned at the prices of {Models} models as they were on {Taken:yyyy-MM-dd}")]
        public static partial void Prices(ILogger logger, int models, DateOnly taken);
    }
}
