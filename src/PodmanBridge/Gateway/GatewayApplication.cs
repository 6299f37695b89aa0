using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>Takes each request to its route, in the name of the run whose socket it came by.</summary>
internal sealed partial class GatewayApplication(GatewayOptions options, MessageForwarder forwarder) : IHttpApplication<HttpContext>
{
    private readonly ILogger _logger = options.Loggers.CreateLogger<GatewayApplication>();

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is held by the context that its features do not dispose of.
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        var run = context.Features.Get<GatewayRun>();
        if (run is null || !run.Enter())
        {
            context.Abort();
            return;
        }

        try
        {
            await RouteAsync(context, run);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await ApiError.WriteAsync(context, e.StatusCode, "the request is malformed");
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && (context.RequestAborted.IsCancellationRequested || run.Refused.IsCancellationRequested))
        {
            // The agent hung up, or the run is over.
            context.Abort();
        }
        catch (Exception e)
        {
            Log.Failed(_logger, e, run.Key);
            context.Abort();
        }
        finally
        {
            run.Leave();
        }
    }

    private Task RouteAsync(HttpContext context, GatewayRun run)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var route = GatewayRoutes.Match(context.Request.Method, target);
        return route switch
        {
            GatewayRoute.Probe => ProbeAsync(context),
            GatewayRoute.Messages or GatewayRoute.CountTokens => forwarder.ForwardAsync(context, run, route, target.EndsWith("?beta=true", StringComparison.Ordinal)),
            _ => ApiError.WriteAsync(context, StatusCodes.Status404NotFound, "this gateway serves /v1/messages and /v1/messages/count_tokens only"),
        };
    }

    private static Task ProbeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync("{}", context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A model request of {Run} failed in the gateway")]
        public static partial void Failed(ILogger logger, Exception exception, string run);
    }
}
