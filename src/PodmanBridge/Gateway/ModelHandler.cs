using Microsoft.AspNetCore.Http.Features;

namespace Stromboli.PodmanBridge.Gateway;

/// <summary>Takes each request of an agent to its route.</summary>
internal sealed class ModelHandler(MessageForwarder forwarder) : IGatewayHandler<GatewayRun>
{
    /// <inheritdoc/>
    public Task HandleAsync(HttpContext context, GatewayRun run)
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

    /// <inheritdoc/>
    public Task RefuseMalformedAsync(HttpContext context, int status) => ApiError.WriteAsync(context, status, "the request is malformed");

    private static Task ProbeAsync(HttpContext context)
    {
        context.Response.ContentType = "application/json";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync("{}", context.RequestAborted);
    }
}
