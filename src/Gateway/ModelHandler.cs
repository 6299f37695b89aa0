using Microsoft.AspNetCore.Http.Features;

namespace Stromboli.Gateway;

/// <summary>Takes each request of an agent to its route.</summary>
internal sealed class ModelHandler(MessageForwarder forwarder, GatewayOptions options) : IGatewayHandler<GatewayRun>
{
    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context, GatewayRun run)
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

    private Task RouteAsync(HttpContext context, GatewayRun run)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        var route = GatewayRoutes.Match(context.Request.Method, target);
        return route switch
        {
            GatewayRoute.Probe => ProbeAsync(context),
            GatewayRoute.Messages or GatewayRoute.CountTokens => forwarder.ForwardAsync(
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

    // Held first: a run has so many connections and no more, so this bounds how often it can be refused.
    private async Task RefuseAsync(HttpContext context, GatewayRun run, TimeSpan wait)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, run.Over);
        await Task.Delay(options.RefusalPause, options.Clock, stop.Token);
        await ApiError.WriteAsync(
            context,
            StatusCodes.Status429TooManyRequests,
            $"the run asks more than {options.RequestsPerSecond} times a second",
            retryAfterSeconds: Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))
        );
    }

    private static Task ProbeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync("{}", context.RequestAborted);
    }
}
