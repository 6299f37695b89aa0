using Microsoft.AspNetCore.Http.Features;
using Stromboli.Gateway.Sockets;

namespace Stromboli.Gateway.Git;

/// <summary>Takes each request of a clone or an agent to its route.</summary>
internal sealed class GitHandler(GitForwarder forwarder, PushForwarder pushes) : IGatewayHandler<GitRun>
{
    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context, GitRun run)
    {
        try
        {
            var route = GitRoutes.Match(context.Request.Method, context.Features.Get<IHttpRequestFeature>()!.RawTarget);
            await (
                (route, run.Pushes) switch
                {
                    (GitRoute.Advertisement or GitRoute.UploadPack, _) => forwarder.ForwardAsync(context, run, route),
                    (GitRoute.PushAdvertisement, not null) => pushes.AdvertiseAsync(context, run, run.Pushes),
                    (GitRoute.ReceivePack, not null) => pushes.PushAsync(context, run, run.Pushes),
                    _ => GitAnswer.RefuseAsync(
                        context,
                        StatusCodes.Status404NotFound,
                        "this gateway serves one repository and nothing else"
                    ),
                }
            );
        }
        catch (Exception) when (run.Failure is not null && context.Response.HasStarted)
        {
            // The server's answer broke off, so it breaks off for git as well.
            context.Abort();
        }
    }

    /// <inheritdoc/>
    public Task RefuseMalformedAsync(HttpContext context, int status) => GitAnswer.RefuseAsync(context, status, "the request is malformed");
}
