using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Metrics;
using Stromboli.PodmanBridge.Configuration;
using Stromboli.PodmanBridge.Link;
using Stromboli.PodmanBridge.Nodes;
using Stromboli.Telemetry.Metrics;

namespace Stromboli.PodmanBridge.Hosting;

/// <summary>
/// The bridge's only port, if <c>--health-listen</c> asks for it: <c>/healthz</c>, which shows that the process answers, <c>/readyz</c>,
/// which shows that the node can take runs, and <c>/metrics</c>. Agents have no network, so they cannot reach it.
/// </summary>
internal sealed partial class HealthServer(
    BridgeOptions options,
    MeterProvider metrics,
    NodeFactsSource facts,
    NodeLease lease,
    ILoggerFactory loggers,
    ILogger<HealthServer> logger
) : IHostedService, IAsyncDisposable
{
    private const int MaxConnections = 64;
    private const int MaxHeaderBytes = 16 * 1024;

    private WebApplication? _app;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options.HealthListen!));
        _app = builder.Build();
        _app.UseMetricsPage(metrics, static _ => true);
        _app.Run(HandleAsync);
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException e)
        {
            throw new BridgeUnusableException($"--health-listen {options.HealthListen}: {e.Message}");
        }

        Log.Listens(logger, _app.Urls.FirstOrDefault() ?? options.HealthListen!.ToString());
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static void Configure(KestrelServerOptions kestrel, IPEndPoint listen)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        kestrel.Limits.MaxRequestBodySize = 0;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(10);
        kestrel.Listen(listen, endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }

    private Task HandleAsync(HttpContext http)
    {
        var problem = http.Request.Path.Value switch
        {
            "/healthz" => null,
            "/readyz" => Problem(),
            _ => "",
        };
        http.Response.StatusCode = problem switch
        {
            null => StatusCodes.Status200OK,
            "" => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync($"{problem ?? "ok"}\n", http.RequestAborted);
    }

    private string? Problem() =>
        facts.Current.Problem ?? (lease.Valid ? null : "the operator has granted this node no lease, so its agents may not run");

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Serving health and metrics at {Address}")]
        public static partial void Listens(ILogger logger, string address);
    }
}
