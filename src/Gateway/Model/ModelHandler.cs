using Microsoft.AspNetCore.Http.Features;
using Stromboli.Gateway.Sockets;

namespace Stromboli.Gateway.Model;

/// <summary>Takes each request of an agent to its route.</summary>
internal sealed class ModelHandler(MessageForwarder forwarder, ModelGatewayOptions options) : IGatewayHandler<ModelRun>
{
    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context, ModelRun run)
    {
        if (run.Rate.TryTake(out var wait))
        {
            await RouteAsync(context, run);
        }
        else
        {
            await RefuseAsync(context, run, wait);
        }
    }

    /// <inheritdoc/>
    public Task RefuseMalformedAsync(HttpContext context, int status) => ApiError.WriteAsync(context, status, "the request is malformed");

    private Task RouteAsync(HttpContext context, ModelRun run)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var route = ModelRoutes.Match(context.Request.Method, target);
        return route switch
        {
            ModelRoute.Probe => ProbeAsync(context),
            ModelRoute.Messages or ModelRoute.CountTokens => forwarder.ForwardAsync(
                context,
                run,
                route,
                target.EndsWith("?beta=true", StringComparison.Ordinal)
            ),
            _ => ApiError.WriteAsync(
                context,
                StatusCodes.Status404NotFound,
                "this gateway serves /v1/messages and /v1/messages/count_tokens only"
            ),
        };
    }

    // The request is held first. A run has a limited number of connections, so this bounds how often it can be refused.
    private async Task RefuseAsync(HttpContext context, ModelRun run, TimeSpan wait)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, run.Over);
        await Task.Delay(options.RefusalPause, options.Clock, stop.Token);
        await ApiError.WriteAsync(
            context,
            StatusCodes.Status429TooManyRequests,
            $"the run makes more than {options.RequestsPerSecond} requests per second",
            retryAfterSeconds: Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))
        );
    }

    private static Task ProbeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync("{}", context.RequestAborted);
    }
}
